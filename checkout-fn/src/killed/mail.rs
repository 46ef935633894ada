//! A mail server that outlives its senders.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A server that takes all mail, the subjects of what it has taken, and its address. It ends with the runtime.
pub(super) async fn server() -> (Arc<Mutex<Vec<String>>>, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let box_ = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Whoever ends in the middle of a letter has not handed it over.
            tokio::spawn(take(stream, box_.clone()));
        }
    });
    (taken, url)
}

async fn take(stream: TcpStream, taken: Arc<Mutex<Vec<String>>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await?;
    let mut letter: Option<String> = None;
    while let Some(line) = lines.next_line().await? {
        let answer = match (&mut letter, line.as_str()) {
            (Some(subject), ".") => {
                taken.lock().expect("unpoisoned").push(std::mem::take(subject));
                letter = None;
                "250 taken"
            }
            (Some(subject), line) => {
                if let Some(said) = line.strip_prefix("Subject: ") {
                    said.clone_into(subject);
                }
                continue;
            }
            (None, "DATA") => {
                letter = Some(String::new());
                "354 go on"
            }
            (None, "QUIT") => "221 bye",
            (None, _) => "250 fine",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}
