//! Mail by SMTP.

use async_trait::async_trait;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::error::Fault;
use crate::mail::formatted;
use crate::ports::{Mailer, Message};

/// A mail server to which messages are handed.
pub(crate) struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// `smtps://user:password@mail.example` or `smtp://…:587?tls=required`; `smtp://` without more is not encrypted. The error never
    /// repeats the address, which holds a password.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
        let transport =
            transport.map_err(|_| "write it as `smtps://user:password@mail.example`, with `%40` for an `@` in the name".to_owned())?;
        Ok(Self(transport.build()))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, message: &Message) -> Result<(), Fault> {
        let sent = self.0.send(formatted(message)?).await;
        // A server's words may repeat the recipient's address, so only its code is told.
        sent.map(drop).map_err(|error| {
            let why = match error.status() {
                Some(code) => format!("it answers {code}"),
                None if error.is_timeout() => "it does not answer".to_owned(),
                None => "it cannot be reached, or its certificate is not trusted".to_owned(),
            };
            Fault::new(format!("the mail server has not taken the mail {}: {why}", message.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    use super::*;

    /// Takes one message, and gives back what was said to it. `refuses`: the recipient is refused.
    async fn server(refuses: bool) -> (String, tokio::task::JoinHandle<String>) {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let served = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a client");
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let mut said = String::new();
            write.write_all(b"220 here\r\n").await.expect("written");
            let mut is_data = false;
            while let Ok(Some(line)) = lines.next_line().await {
                said.push_str(&line);
                said.push('\n');
                let answer = match line.as_str() {
                    "." if is_data => {
                        is_data = false;
                        "250 taken"
                    }
                    _ if is_data => continue,
                    "DATA" => {
                        is_data = true;
                        "354 go on"
                    }
                    "QUIT" => "221 bye",
                    line if refuses && line.starts_with("RCPT") => "550 5.1.1 <mira@example.com>: nobody of that name",
                    _ => "250 fine",
                };
                write.write_all(format!("{answer}\r\n").as_bytes()).await.expect("written");
                if line == "QUIT" || (answer == "250 taken") {
                    break;
                }
            }
            said
        });
        (url, served)
    }

    fn message() -> Message {
        Message {
            to: "mira@example.com".into(),
            from: Some("hello@shop.example".into()),
            from_name: "Käse & Söhne".into(),
            subject: "Ihre Bestellung 7K3M-Q9TD".into(),
            text: "Grüße".into(),
            html: "<p>Grüße</p>".into(),
            name: "7K3M-Q9TD-confirmation".into(),
        }
    }

    #[tokio::test]
    async fn a_message_is_handed_over() {
        let (url, served) = server(false).await;
        Smtp::new(&url).expect("an address").send(&message()).await.expect("taken");
        let said = served.await.expect("a server");
        for part in ["MAIL FROM:<hello@shop.example>", "RCPT TO:<mira@example.com>", "Subject: Ihre Bestellung 7K3M-Q9TD", "text/html"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[tokio::test]
    async fn a_refusal_is_told_without_addresses_and_passwords() {
        let (url, _served) = server(true).await;
        let fault = Smtp::new(&url).expect("an address").send(&message()).await.expect_err("refused");
        assert!(fault.text.contains("it answers 550") && !fault.text.contains("mira"), "{fault}");
        let error = Smtp::new("mail.example:secret").err().expect("no address");
        assert!(!error.contains("secret"), "{error}");
    }
}
