//! A headless Chromium, driven over the pipe of its `DevTools` protocol.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long an answer may take before the browser counts as hung.
const PATIENCE: Duration = Duration::from_secs(90);
/// The names under which Chromium is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one page.
pub(crate) struct Chromium {
    process: Child,
    requests: File,
    answers: Receiver<Value>,
    session: String,
    next: u64,
    /// What the page said on its console, and what it threw.
    pub(crate) complaints: Vec<String>,
    folder: TempDir,
}

impl Chromium {
    /// Starts a browser; `None`, with a message, when there is none on this machine.
    ///
    /// # Panics
    /// When `NETPOL_BROWSER` is `required` and there is none.
    pub(crate) fn start() -> Option<Self> {
        let is_there =
            |name: &&&str| Command::new(name).arg("--version").stderr(Stdio::null()).output().is_ok();
        let Some(name) = NAMES.iter().find(is_there) else {
            assert!(
                std::env::var("NETPOL_BROWSER").as_deref() != Ok("required"),
                "no Chromium; see .ci/chromium"
            );
            say("skipped: no Chromium on this machine; see .ci/chromium");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (requests, answers) = (folder.path().join("requests"), folder.path().join("answers"));
        assert!(Command::new("mkfifo").args([&requests, &answers]).status().unwrap().success());
        let process = Command::new("sh")
            .arg("-c")
            .arg(
                "exec \"$0\" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
                 --disable-background-networking --disable-component-update --remote-debugging-pipe \
                 --user-data-dir=\"$1/profile\" about:blank 3<\"$1/requests\" 4>\"$1/answers\"",
            )
            .args([Path::new(name), folder.path()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let requests = OpenOptions::new().write(true).open(requests).unwrap();
        let answers = listen(File::open(answers).unwrap());
        let session = String::new();
        let mut browser =
            Self { process, requests, answers, session, next: 0, complaints: Vec::new(), folder };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached =
            self.call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}));
        attached["sessionId"].as_str().unwrap().clone_into(&mut self.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
    }

    /// Opens a page from its text, and waits until its scripts have run.
    pub(crate) fn open(&mut self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        self.complaints.clear();
        self.call("Page.navigate", json!({"url": format!("file://{}", file.display())}));
        let started = std::time::Instant::now();
        while self.run("location.protocol + document.readyState") != json!("file:complete") {
            assert!(started.elapsed() < PATIENCE, "{name} does not load");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Size of the window, how many device pixels a pixel has, and the colour scheme.
    pub(crate) fn look(&mut self, width: u32, height: u32, scheme: &str) {
        let is_phone = width < 600;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.call("Emulation.setEmulatedMedia", json!({"features": features}));
    }

    /// The value of an expression in the page.
    pub(crate) fn run(&mut self, expression: &str) -> Value {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Presses and releases the mouse at a point of the window.
    pub(crate) fn click(&mut self, x: f64, y: f64) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Stores what the window shows where a person finds it.
    pub(crate) fn screenshot(&mut self, name: &str) {
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done, 150)))");
        let shot = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name), bytes).unwrap();
    }

    fn call(&mut self, method: &str, parameters: impl Into<Value>) -> Value {
        self.next += 1;
        let mut request = json!({"id": self.next, "method": method, "params": parameters.into()});
        if !self.session.is_empty() {
            request["sessionId"] = json!(self.session);
        }
        self.requests.write_all(format!("{request}\0").as_bytes()).unwrap();
        loop {
            let mut message = self.answers.recv_timeout(PATIENCE).expect("the browser is silent");
            if message["id"] == json!(self.next) {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].take();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, event: &Value) {
        let said = match event["method"].as_str() {
            Some("Runtime.exceptionThrown" | "Log.entryAdded") => event["params"].to_string(),
            Some("Runtime.consoleAPICalled") if event["params"]["type"] != "log" => {
                event["params"].to_string()
            }
            Some("Network.requestWillBeSent") if !is_local(event) => event["params"]["request"].to_string(),
            _ => return,
        };
        self.complaints.push(said);
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.requests.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        std::thread::sleep(Duration::from_millis(300));
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_local(event: &Value) -> bool {
    let url = event["params"]["request"]["url"].as_str().unwrap_or_default();
    url.starts_with("file:") || url.starts_with("about:") || url.starts_with("data:")
}

/// Reads messages, which end in a zero byte, on a thread of its own: a pipe has no timeout.
fn listen(pipe: File) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for message in BufReader::new(pipe).split(0) {
            let Ok(message) = message else { return };
            let Ok(message) = serde_json::from_slice(&message) else { continue };
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

/// A word to whoever runs the tests.
#[expect(clippy::print_stderr, reason = "a skipped test says so, and a measured one what it measured")]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}
