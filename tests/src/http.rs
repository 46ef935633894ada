//! One request, one connection: as much of HTTP/1.1 (RFC 9112) as tests on this machine need.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// Asks for a path.
pub fn get(host: &str, path: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    send(host, "GET", path, headers, b"")
}

/// Sends JSON.
pub fn post_json(host: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> io::Result<Answer> {
    let headers: Vec<_> = [("Content-Type", "application/json")].into_iter().chain(headers.iter().copied()).collect();
    send(host, "POST", path, &headers, body.to_string().as_bytes())
}

/// Sends a form.
pub fn post_form(host: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Answer> {
    let headers: Vec<_> = [("Content-Type", "application/x-www-form-urlencoded")].into_iter().chain(headers.iter().copied()).collect();
    send(host, "POST", path, &headers, body.as_bytes())
}

/// Sends a request and reads the whole answer.
pub fn send(host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(&[head.as_bytes(), b"\r\n", body].concat())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    parse(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "the answer ends too early"))
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers =
        lines.filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
    if answer.header("transfer-encoding") == "chunked" {
        let body = unchunk(&answer.body)?;
        return Some(Answer { body, ..answer });
    }
    let length = answer.header("content-length").parse().ok();
    length.is_none_or(|length: usize| answer.body.len() == length).then_some(answer)
}

/// The text of a body in chunks (RFC 9112, 7.1).
fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).ok()?.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 2 + size + 2..)?;
    }
}
