"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const tip = document.getElementById("tip");
  const numbers = text => (text || "").split(" ").filter(Boolean).map(Number);
  const shown = value => String(+value.toPrecision(4)).replace("-", "−");

  // ---- Reading a drawing: every panel and series carries its data.

  const readPanel = group => {
    const [left, top, width, height] = numbers(group.dataset.rect);
    const axis = (range, scale) => {
      const [low, high] = numbers(range);
      const [f, inverse] = scale === "log" ? [Math.log, Math.exp] : [v => v, v => v];
      return {
        to: v => (f(v) - f(low)) / (f(high) - f(low)),
        from: u => inverse(f(low) + u * (f(high) - f(low))),
      };
    };
    const x = axis(group.dataset.xRange, group.dataset.xScale);
    const y = axis(group.dataset.yRange, group.dataset.yScale);
    return {
      letter: group.dataset.panel,
      xLabel: group.dataset.xLabel || "x",
      yLabel: group.dataset.yLabel || "y",
      place: (u, v) => ({ x: left + width * x.to(u), y: top + height * (1 - y.to(v)) }),
      value: p => ({ x: x.from((p.x - left) / width), y: y.from(1 - (p.y - top) / height) }),
      holds: p => p.x >= left && p.x <= left + width && p.y >= top && p.y <= top + height,
    };
  };

  const readSeries = (group, panels) => {
    const { series: name, panel: letter, kind, key } = group.dataset;
    const panel = panels.find(p => p.letter === letter);
    const [x, y, low, high, from, to] = ["x", "y", "low", "high", "xLow", "xHigh"].map(key => numbers(group.dataset[key]));
    let spots = [];
    if (panel && kind === "heat-map") {
      // Edges of columns and rows; the values row by row.
      const values = numbers(group.dataset.values);
      const columns = x.length - 1;
      spots = values.map((value, k) => {
        const [i, j] = [k % columns, Math.floor(k / columns)];
        return { u: (x[i] + x[i + 1]) / 2, v: (y[j] + y[j + 1]) / 2, from: x[i], to: x[i + 1], below: y[j], above: y[j + 1], value };
      });
    } else if (panel && kind === "histogram") {
      // The edges of a bin and its height.
      spots = y.map((v, i) => ({ from: x[i], u: (x[i] + x[i + 1]) / 2, v, to: x[i + 1] }));
    } else if (panel && kind !== "reference") {
      spots = x.map((u, i) => ({ u, v: y.length ? y[i] : high[i], low: low[i], high: high[i], left: from[i], right: to[i] }));
      if (!y.length) spots.forEach(spot => { spot.band = true; });
    }
    const dodge = Number(group.dataset.dodge || 0);
    const place = spot => { const { x, y } = panel.place(spot.u, spot.v); return { x: x + dodge, y }; };
    spots = spots.map(spot => ({ ...spot, ...place(spot) }))
      .filter(spot => Number.isFinite(spot.x) && Number.isFinite(spot.y));
    const breaks = new Set(numbers(group.dataset.breaks));
    return { group, name, letter, kind, key, panel, spots, breaks, hidden: false };
  };

  // What a series has nearest to a place: a point of it, for lines a place between two vertices, the cell of a heat map.
  const nearest = (series, at) => {
    if (series.kind === "heat-map") {
      const { x, y } = series.panel.value(at);
      const cell = series.spots.find(s => s.from <= x && x <= s.to && s.below <= y && y <= s.above);
      return cell ? { ...cell, x: at.x, y: at.y, distance: 0, series } : null;
    }
    let best = null;
    const offer = spot => {
      const distance = Math.hypot(spot.x - at.x, spot.y - at.y);
      if (!best || distance < best.distance) best = { ...spot, distance, series };
    };
    const { spots } = series;
    spots.forEach(offer);
    if (series.kind !== "line") return best;
    for (let i = 1; i < spots.length; i++) {
      if (series.breaks.has(i)) continue;
      const [a, b] = [spots[i - 1], spots[i]];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const w = ((at.x - a.x) * dx + (at.y - a.y) * dy) / (dx * dx + dy * dy);
      if (!(w > 0 && w < 1)) continue;
      const p = { x: a.x + w * dx, y: a.y + w * dy };
      const value = series.panel.value(p);
      offer({ ...p, u: value.x, v: value.y });
    }
    return best;
  };

  const paragraph = spot => {
    const { name, letter, panel } = spot.series;
    const heading = `${letter ? `(${letter}) ` : ""}${name || panel.yLabel}`;
    const range = (low, high) => Number.isFinite(low) && Number.isFinite(high) ? `${shown(low)} to ${shown(high)}` : "";
    const sideways = range(spot.left, spot.right);
    const across = spot.from !== undefined ? range(spot.from, spot.to) : sideways ? `${shown(spot.u)} (${sideways})` : shown(spot.u);
    if (spot.value !== undefined) {
      return [`${heading}: ${shown(spot.value)}`, `${panel.xLabel} = ${across}`, `${panel.yLabel} = ${shown(spot.below)} to ${shown(spot.above)}`];
    }
    const interval = range(spot.low, spot.high);
    const up = spot.band ? interval : interval ? `${shown(spot.v)} (${interval})` : shown(spot.v);
    return [heading, `${panel.xLabel} = ${across}`, `${panel.yLabel} = ${up}`];
  };

  const colourOf = group => {
    for (const element of [group, ...group.querySelectorAll("[stroke],[fill]")]) {
      for (const name of ["stroke", "fill"]) {
        const colour = element.getAttribute(name);
        if (colour && colour.startsWith("#") && colour.toLowerCase() !== "#ffffff") return colour;
      }
    }
    return "currentColor";
  };

  // ---- The values under the pointer.

  const hide = () => {
    tip.hidden = true;
    document.querySelectorAll(".spot").forEach(mark => mark.remove());
  };

  const tell = (svg, spot) => {
    hide();
    const [name, ...values] = paragraph(spot);
    const heading = document.createElement("b");
    heading.textContent = name;
    tip.replaceChildren(heading, ...values.flatMap((value, i) => i ? [document.createElement("br"), value] : [value]));
    tip.hidden = false;
    const matrix = svg.getScreenCTM();
    const mark = document.createElementNS(SVG, "circle");
    for (const [key, value] of [["class", "spot"], ["cx", spot.x], ["cy", spot.y], ["r", 5 / matrix.a]]) mark.setAttribute(key, value);
    mark.style.strokeWidth = 1.5 / matrix.a;
    svg.append(mark);
    const p = new DOMPoint(spot.x, spot.y).matrixTransform(matrix);
    const size = tip.getBoundingClientRect();
    const above = p.y - size.height - 12;
    tip.style.left = `${Math.max(4, Math.min(p.x + 12, document.documentElement.clientWidth - size.width - 4))}px`;
    tip.style.top = `${above > 4 ? above : p.y + 14}px`;
  };

  const listen = (drawing, svg, panels, all) => {
    const point = event => {
      const matrix = svg.getScreenCTM();
      if (!matrix) return;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      const panel = panels.find(p => p.holds(at));
      const found = all.filter(s => s.panel === panel && panel && !s.hidden).map(s => nearest(s, at)).filter(Boolean);
      // Of things equally near, bands and maps last: what is drawn on them is meant.
      const reach = (event.pointerType === "mouse" ? 14 : 24) / matrix.a;
      const rank = spot => spot.distance + (spot.value !== undefined ? reach : spot.band ? 0.4 * reach : 0);
      const best = found.sort((a, b) => rank(a) - rank(b))[0];
      tip.setAttribute("aria-live", "off");
      if (best && best.distance <= reach) tell(svg, best); else hide();
    };
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    // After a touch the values stay until the next one.
    svg.addEventListener("pointerleave", event => { if (event.pointerType === "mouse") hide(); });

    // Left and right walk along a series, up and down go to the next one.
    let [which, place] = [0, -1];
    drawing.addEventListener("keydown", event => {
      const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
      if (event.key === "Escape") { hide(); return; }
      if (event.target !== drawing || !(event.key in steps)) return;
      const readable = all.filter(s => !s.hidden && s.name && s.spots.length);
      if (!readable.length) return;
      event.preventDefault();
      const [across, along] = steps[event.key];
      if (place >= 0) which = (which + across + readable.length) % readable.length;
      which = Math.min(which, readable.length - 1);
      const { spots } = readable[which];
      place = Math.max(0, Math.min(spots.length - 1, place + along));
      tip.setAttribute("aria-live", "polite");
      tell(svg, { ...spots[place], series: readable[which] });
    });
    drawing.addEventListener("blur", hide);
  };

  // ---- Switching series: by the legend's entries in the drawing and by buttons below it.

  const pressedOf = list => {
    const hidden = list.filter(s => s.hidden).length;
    return hidden === 0 ? "true" : hidden === list.length ? "false" : "mixed";
  };

  const switchesOf = (svg, all) => {
    const controls = [];
    const update = () => {
      for (const s of all) s.group.style.display = s.hidden ? "none" : "";
      for (const { element, list } of controls) element.setAttribute("aria-pressed", pressedOf(list));
      hide();
    };
    const highlight = list => {
      svg.classList.toggle("dimmed", list.length > 0 && list.some(s => !s.hidden));
      for (const s of all) s.group.classList.toggle("lit", list.includes(s));
    };
    return {
      update,
      add: (element, list) => {
        controls.push({ element, list });
        element.addEventListener("click", () => {
          const on = pressedOf(list) !== "true";
          for (const s of list) s.hidden = !on;
          highlight(on ? list : []);
          update();
        });
        for (const name of ["pointerenter", "focus"]) element.addEventListener(name, event => { if (event.pointerType !== "touch") highlight(list); });
        for (const name of ["pointerleave", "blur"]) element.addEventListener(name, () => highlight([]));
      },
    };
  };

  const legend = (svg, all, switches) => {
    for (const entry of svg.querySelectorAll("g.legend-entry")) {
      // Every entry, of a legend or a colour bar, names the series that it stands for.
      const panel = entry.closest("g.panel")?.dataset.panel;
      const keys = (entry.dataset.for || "").split(" ");
      const list = all.filter(s => keys.includes(s.key));
      if (!list.length) continue;
      // The children of an image are no controls.
      svg.setAttribute("role", "group");
      // For the keyboard there are the buttons below, which name every series.
      entry.setAttribute("role", "button");
      entry.setAttribute("tabindex", "-1");
      entry.setAttribute("aria-label", `${entry.dataset.legend}${panel ? `, panel ${panel}` : ""}`);
      const box = entry.getBBox();
      const ground = document.createElementNS(SVG, "rect");
      for (const key of ["x", "y", "width", "height"]) ground.setAttribute(key, box[key]);
      ground.setAttribute("fill", "transparent");
      entry.prepend(ground);
      entry.addEventListener("keydown", event => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        entry.dispatchEvent(new MouseEvent("click"));
      });
      switches.add(entry, list);
    }
  };

  // One row of buttons per family: "theory, SNR 2" and "theory, SNR 4" are of the family "theory".
  const rows = all => {
    const names = [...new Set(all.map(s => s.name).filter(Boolean))];
    const byFamily = new Map();
    for (const name of names) {
      const list = all.filter(s => s.name === name);
      const comma = name.indexOf(", ");
      const family = comma > 0 ? name.slice(0, comma) : "";
      const letters = [...new Set(list.map(s => s.letter))].join(", ");
      const key = family || `${letters.includes(",") ? "panels" : "panel"} ${letters}`;
      if (!byFamily.has(key)) byFamily.set(key, []);
      byFamily.get(key).push({ label: family ? name.slice(comma + 2) : name, name, list });
    }
    return byFamily;
  };

  const buttons = (details, svg, all, switches) => {
    const button = (label, name, className) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = className;
      element.append(label);
      element.setAttribute("aria-label", name);
      return element;
    };
    const families = rows(all);
    const count = [...families.values()].reduce((sum, list) => sum + list.length, 0);
    if (!count) return;
    for (const [family, members] of families) {
      const row = document.createElement("fieldset");
      row.setAttribute("aria-label", family);
      if (members.length > 1 || members[0].label !== members[0].name) {
        const whole = button(family, `all of ${family}`, "all");
        switches.add(whole, members.flatMap(m => m.list));
        row.append(whole);
      }
      for (const { label, name, list } of members) {
        const element = button(label, name, "one");
        element.dataset.series = name;
        const swatch = document.createElement("i");
        swatch.style.background = colourOf(list[0].group);
        element.prepend(swatch);
        switches.add(element, list);
        row.append(element);
      }
      details.append(row);
    }
    details.querySelector("summary").textContent = `Series (${count}): show and hide`;
    details.hidden = false;
  };

  for (const figure of document.querySelectorAll("section.figure")) {
    const drawing = figure.querySelector(".drawing");
    const svg = drawing && drawing.querySelector("svg");
    if (!svg) continue;
    const panels = [...svg.querySelectorAll("g.panel")].filter(p => p.dataset.rect && p.dataset.xRange).map(readPanel);
    const all = [...svg.querySelectorAll("g.series")].map(group => readSeries(group, panels));
    const switches = switchesOf(svg, all);
    legend(svg, all, switches);
    buttons(figure.querySelector("details.switches"), svg, all, switches);
    switches.update();
    listen(drawing, svg, panels, all);
  }
  document.addEventListener("pointerdown", event => { if (!event.target.closest(".drawing")) hide(); });
  window.addEventListener("scroll", hide, { passive: true });
})();
