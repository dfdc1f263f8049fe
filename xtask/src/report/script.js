"use strict";
(() => {
  const tip = document.getElementById("tip");
  const numbers = text => (text || "").split(" ").filter(Boolean).map(Number);
  const shown = value => Number.isFinite(value) ? String(+value.toPrecision(4)) : "";

  // The series of a drawing, with the data that each group carries.
  const read = svg => [...svg.querySelectorAll("g.series")].map(group => ({
    group,
    name: group.dataset.series,
    panel: group.dataset.panel,
    kind: group.dataset.kind,
    x: numbers(group.dataset.x),
    y: numbers(group.dataset.y),
    low: numbers(group.dataset.low),
    high: numbers(group.dataset.high),
  }));

  const panels = svg => [...svg.querySelectorAll("g.panel")].filter(p => p.dataset.rect && p.dataset.xRange).map(p => {
    const [left, top, width, height] = numbers(p.dataset.rect);
    const axis = (range, scale) => {
      const [low, high] = numbers(range);
      const f = scale === "log" ? Math.log : v => v;
      return v => (f(v) - f(low)) / (f(high) - f(low));
    };
    const x = axis(p.dataset.xRange, p.dataset.xScale);
    const y = axis(p.dataset.yRange, p.dataset.yScale);
    return {
      letter: p.dataset.panel, left, top, width, height,
      place: (u, v) => [left + width * x(u), top + height * (1 - y(v))],
      xLabel: p.dataset.xLabel || "x", yLabel: p.dataset.yLabel || "y",
    };
  });

  // Points of a series near the pointer; a line is interpolated between its vertices.
  const nearest = (series, panel, at) => {
    let best = null;
    const offer = (u, v) => {
      const [px, py] = panel.place(u, v);
      const distance = Math.hypot(px - at.x, py - at.y);
      if (!best || distance < best.distance) best = { distance, u, v, series };
    };
    const vertical = series.y.length ? series.y : series.high;
    for (let i = 0; i < series.x.length && i < vertical.length; i++) {
      offer(series.x[i], vertical[i]);
      if (series.kind === "line" && i + 1 < series.x.length) {
        for (let k = 1; k < 8; k++) {
          const w = k / 8;
          offer(series.x[i] * (1 - w) + series.x[i + 1] * w, vertical[i] * (1 - w) + vertical[i + 1] * w);
        }
      }
    }
    return best;
  };

  const swatch = group => {
    const painted = group.querySelectorAll("[stroke],[fill]");
    for (const element of [group, ...painted]) {
      for (const name of ["stroke", "fill"]) {
        const colour = element.getAttribute(name);
        if (colour && colour.startsWith("#") && colour.toLowerCase() !== "#ffffff") return colour;
      }
    }
    return "currentColor";
  };

  for (const figure of document.querySelectorAll("section.figure")) {
    const svg = figure.querySelector("svg");
    if (!svg) continue;
    const all = read(svg);
    const rooms = panels(svg);

    const box = figure.querySelector(".series");
    const names = [...new Set(all.map(s => s.name).filter(Boolean))];
    for (const name of names) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-pressed", "true");
      const groups = all.filter(s => s.name === name).map(s => s.group);
      button.style.setProperty("--swatch", swatch(groups[0]));
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        for (const group of groups) group.style.display = on ? "" : "none";
      });
      box.append(button);
    }

    svg.addEventListener("pointermove", event => {
      const matrix = svg.getScreenCTM();
      if (!matrix) return;
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      const room = rooms.find(p => at.x >= p.left && at.x <= p.left + p.width && at.y >= p.top && at.y <= p.top + p.height);
      let best = null;
      if (room) {
        for (const series of all) {
          if (series.panel !== room.letter || series.group.style.display === "none") continue;
          const found = nearest(series, room, at);
          if (found && (!best || found.distance < best.distance)) best = found;
        }
      }
      const reach = 14 / matrix.a;
      if (!best || best.distance > reach) { tip.hidden = true; return; }
      tip.textContent = `${best.series.name}: ${room.xLabel} = ${shown(best.u)}, ${room.yLabel} = ${shown(best.v)}`;
      tip.hidden = false;
      const size = tip.getBoundingClientRect();
      tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - size.width - 8))}px`;
      tip.style.top = `${Math.max(4, event.clientY - size.height - 10)}px`;
    });
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
  }
})();
