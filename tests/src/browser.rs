//! A headless Chromium, driven over a pair of pipes.
//!
//! Chromium's debugging protocol is JSON: commands with a number, answers with the same number, events in between. With
//! `--remote-debugging-pipe` it reads commands from its file 3 and writes to its file 4, each ended by a zero byte, so
//! that neither a port nor a WebSocket is needed.

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An answer that takes longer will not come. Generous: on an idle machine it takes a second.
const PATIENCE: Duration = Duration::from_secs(120);

/// Keeps the shell's pipes under the numbers that the browser uses.
const LAUNCH: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2";

/// Off-line, without a profile of anybody's, and without services of its own.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
];

/// A running browser with one page. Ends with it.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Value>,
    events: Vec<Value>,
    session: Option<String>,
    number: u64,
    _profile: TempDir,
}

/// The size of a page and how it is asked to look.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Whether it is a phone: touch, and the page's own viewport.
    pub phone: bool,
    /// Whether the reader wants dark pages.
    pub dark: bool,
}

/// Whether `chromium` is there; says on standard error that the test is skipped if not.
///
/// # Panics
/// If it is not, with `CI` set.
pub fn is_installed() -> bool {
    let found = Command::new("chromium").arg("--version").output().is_ok_and(|output| output.status.success());
    crate::tool::found_or_skipped(found, "chromium")
}

impl Browser {
    /// Starts a browser with an empty page.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let mut process = Command::new("sh")
            .args(["-c", LAUNCH, "chromium"])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let commands = process.stdin.take().expect("a pipe to the browser");
        let mut answers = BufReader::new(process.stdout.take().expect("a pipe from the browser"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while answers.read_until(0, &mut bytes).is_ok_and(|length| length > 0) {
                let message = serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes));
                if message.map(|message: Value| sender.send(message)).is_err() {
                    break;
                }
                bytes.clear();
            }
        });
        let mut browser =
            Self { process, commands, messages, events: Vec::new(), session: None, number: 0, _profile: profile };
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" }));
        let attached =
            browser.command("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.command(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Sends a command and waits for its answer; events that come before it are kept.
    ///
    /// # Panics
    /// If the browser refuses the command or does not answer.
    pub fn command(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut command = json!({ "id": self.number, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        let mut bytes = command.to_string().into_bytes();
        bytes.push(0);
        self.commands.write_all(&bytes).expect("the browser reads commands");
        let start = Instant::now();
        loop {
            let message = self.next_message(start);
            if message["id"] != json!(self.number) {
                self.events.push(message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {}", message["error"]);
            return message["result"].clone();
        }
    }

    fn next_message(&self, start: Instant) -> Value {
        let left = PATIENCE.saturating_sub(start.elapsed());
        self.messages.recv_timeout(left).expect("the browser answers")
    }

    /// Opens a file on a screen; returns when it is loaded. Events of earlier pages are forgotten.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub fn open(&mut self, file: &Path, screen: Screen) {
        let Screen { width, height, phone, dark } = screen;
        let scale = if phone { 2 } else { 1 };
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone }),
        );
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }));
        let scheme = if dark { "dark" } else { "light" };
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
        self.events.clear();
        let answer = self.command("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        assert!(answer["errorText"].is_null(), "{}: {}", file.display(), answer["errorText"]);
        let start = Instant::now();
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.next_message(start);
            self.events.push(message);
        }
    }

    /// The value of a JavaScript expression.
    ///
    /// # Panics
    /// If it throws.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.command("Runtime.evaluate", parameters);
        assert!(answer["exceptionDetails"].is_null(), "{expression}\n{}", answer["exceptionDetails"]);
        answer["result"]["value"].clone()
    }

    /// A mouse event at a place of the window, in CSS pixels: `mouseMoved`, `mousePressed` or `mouseReleased`.
    fn mouse(&mut self, kind: &str, (x, y): (f64, f64)) {
        let (button, count) = if kind == "mouseMoved" { ("none", 0) } else { ("left", 1) };
        self.command(
            "Input.dispatchMouseEvent",
            json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count, "pointerType": "mouse" }),
        );
    }

    /// Moves the mouse to a place of the window.
    pub fn point_at(&mut self, place: (f64, f64)) {
        self.mouse("mouseMoved", place);
    }

    /// Clicks at a place of the window.
    pub fn click_at(&mut self, place: (f64, f64)) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            self.mouse(kind, place);
        }
    }

    /// Touches a place of the window with a finger and lets go.
    pub fn tap_at(&mut self, (x, y): (f64, f64)) {
        self.command("Input.dispatchTouchEvent", json!({ "type": "touchStart", "touchPoints": [{ "x": x, "y": y }] }));
        self.command("Input.dispatchTouchEvent", json!({ "type": "touchEnd", "touchPoints": [] }));
    }

    /// Presses a key, for example `("ArrowRight", 39)`, `(" ", 32)`.
    pub fn press(&mut self, key: &str, code: u32) {
        let text = if key.chars().count() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = json!(text);
            }
            self.command("Input.dispatchKeyEvent", event);
        }
    }

    /// What the page complained of since it was opened: errors and warnings of the console, exceptions, log entries.
    pub fn complaints(&mut self) -> Vec<String> {
        self.settle();
        let is_complaint = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Runtime.consoleAPICalled") => {
                ["error", "warning", "assert"].contains(&event["params"]["type"].as_str().unwrap_or_default())
            }
            Some("Log.entryAdded") => event["params"]["entry"]["level"] != "verbose",
            _ => false,
        };
        self.events.iter().filter(is_complaint).map(Value::to_string).collect()
    }

    /// Everything that the page asked for since it was opened, itself included.
    pub fn requests(&mut self) -> Vec<String> {
        self.settle();
        let url = |event: &Value| event["params"]["request"]["url"].as_str().unwrap_or_default().to_owned();
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.map(url).collect()
    }

    /// Lets everything happen that is already on its way: two frames, a timer, and the events that came with them.
    fn settle(&mut self) {
        self.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(() => done(1)), 50)))");
    }

    /// Writes a picture of the page, down to `height` CSS pixels at most.
    ///
    /// # Panics
    /// If it cannot be taken or written.
    pub fn screenshot(&mut self, file: &Path, screen: Screen, height: u32) {
        use base64::Engine as _;
        let full = self.evaluate("document.documentElement.scrollHeight").as_f64().unwrap_or_default();
        let clip = json!({ "x": 0, "y": 0, "width": screen.width, "height": full.min(f64::from(height)), "scale": 1 });
        let answer = self.command("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip }));
        let text = answer["data"].as_str().expect("a picture");
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("a picture in base 64");
        std::fs::write(file, bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its helper processes end by themselves when it does; a browser that is gone already needs no end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
