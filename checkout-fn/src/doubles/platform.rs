//! A stand-in for the platform that runs functions: starts a function's program, hands it events by the runtime interface
//! (`docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html`), one at a time, and takes its answers.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Segment, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};

/// A function may take so long for an answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// A function that runs. It is killed when this is dropped.
pub struct Function {
    events: mpsc::Sender<(String, Value)>,
    answers: Mutex<mpsc::Receiver<Result<Value, Value>>>,
    child: std::sync::Mutex<Child>,
    lines: Arc<std::sync::Mutex<Vec<Value>>>,
    tasks: [tokio::task::JoinHandle<()>; 2],
}

struct Desk {
    events: Mutex<mpsc::Receiver<(String, Value)>>,
    answers: mpsc::Sender<Result<Value, Value>>,
}

impl Function {
    /// Starts a program with these settings and nothing else in its environment.
    pub async fn start(program: &Path, settings: &[(&str, String)]) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (events, waiting) = mpsc::channel(16);
        let (answered, answers) = mpsc::channel(16);
        let desk = Arc::new(Desk { events: Mutex::new(waiting), answers: answered });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failure))
            .with_state(desk);
        let server = tokio::spawn(async move {
            // It ends with the task; there is nobody to tell why.
            let _ = axum::serve(listener, router).await;
        });
        let mut command = Command::new(program);
        command.env_clear().kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped());
        let platform = [
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        let mut child = command.envs(platform).envs(settings.iter().map(|(name, value)| (*name, value.as_str()))).spawn()?;
        let lines = Arc::<std::sync::Mutex<Vec<Value>>>::default();
        let (log, output) = (lines.clone(), child.stdout.take());
        let reader = tokio::spawn(async move {
            let Some(output) = output else { return };
            let mut output = BufReader::new(output).lines();
            while let Ok(Some(line)) = output.next_line().await {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                log.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(line);
            }
        });
        Ok(Self { events, answers: Mutex::new(answers), child: std::sync::Mutex::new(child), lines, tasks: [server, reader] })
    }

    /// Hands over one event. The function's answer, or its error.
    pub async fn invoke(&self, event: Value) -> Result<Value, Value> {
        let mut answers = self.answers.lock().await;
        let id = uuid::Uuid::new_v4().to_string();
        self.events.send((id, event)).await.map_err(|_| json!("the platform has stopped"))?;
        match tokio::time::timeout(PATIENCE, answers.recv()).await {
            Ok(Some(answer)) => answer,
            Ok(None) | Err(_) => Err(json!("the function does not answer")),
        }
    }

    /// Hands over a request as an HTTP interface does. The answer's status, headers and body.
    pub async fn ask(&self, request: &Ask<'_>) -> Result<(u16, Value, String), Value> {
        let answer = self.invoke(request.event()).await?;
        let body = answer["body"].as_str().unwrap_or_default();
        let body = if answer["isBase64Encoded"] == true {
            let bytes = base64::engine::general_purpose::STANDARD.decode(body).map_err(|error| json!(error.to_string()))?;
            String::from_utf8_lossy(&bytes).into_owned()
        } else {
            body.to_owned()
        };
        let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
        Ok((status, answer["headers"].clone(), body))
    }

    /// What the program has written since the last call: objects, or texts where it was no JSON.
    pub fn take_lines(&self) -> Vec<Value> {
        std::mem::take(&mut self.lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Whether the program has ended, and with which code.
    pub fn ended(&self) -> Option<i32> {
        let mut child = self.child.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        child.try_wait().ok().flatten().map(|status| status.code().unwrap_or(-1))
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

/// A request, in the form in which functions get it (payload format 2.0, of HTTP interfaces and function addresses).
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask<'a> {
    /// In capitals.
    pub method: &'a str,
    /// Without the query.
    pub path: &'a str,
    /// Without its question mark.
    pub query: &'a str,
    /// In small letters.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a str,
    /// Whether the body comes as base64, as binary ones do.
    pub is_base64: bool,
}

impl Ask<'_> {
    fn event(&self) -> Value {
        let headers: serde_json::Map<String, Value> = self.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let body = if self.is_base64 { base64::engine::general_purpose::STANDARD.encode(self.body) } else { self.body.to_owned() };
        let http = json!({ "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "130.176.1.1", "userAgent": "" });
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": self.path, "rawQueryString": self.query, "headers": headers,
            "requestContext": {
                "accountId": "1", "apiId": "api", "domainName": "api.test", "domainPrefix": "api", "http": http, "requestId": "r",
                "routeKey": "$default", "stage": "$default", "time": "01/May/2026:12:00:00 +0000", "timeEpoch": 1_777_636_800_000_i64,
            },
            "body": body, "isBase64Encoded": self.is_base64,
        })
    }
}

async fn next(State(desk): State<Arc<Desk>>) -> Response {
    // When nobody hands over events any more, the function waits until it is killed.
    let Some((id, event)) = desk.events.lock().await.recv().await else { std::future::pending().await };
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", id),
        ("Lambda-Runtime-Deadline-Ms", "4102444800000".to_owned()),
        ("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:1:function:function".to_owned()),
        ("Lambda-Runtime-Trace-Id", "Root=1-1".to_owned()),
    ];
    (headers, event.to_string()).into_response()
}

async fn answer(State(desk): State<Arc<Desk>>, Segment(_id): Segment<String>, body: Bytes) -> StatusCode {
    take(&desk, Ok(serde_json::from_slice(&body).unwrap_or_default())).await
}

async fn failure(State(desk): State<Arc<Desk>>, Segment(_id): Segment<String>, body: Bytes) -> StatusCode {
    take(&desk, Err(serde_json::from_slice(&body).unwrap_or_default())).await
}

async fn take(desk: &Desk, answer: Result<Value, Value>) -> StatusCode {
    // Nobody may be waiting any more.
    let _ = desk.answers.send(answer).await;
    StatusCode::ACCEPTED
}
