//! A double of DynamoDB for tests: says its port in its first line and serves until its input ends, so that it never
//! outlives the test that started it.

use tokio::io::AsyncReadExt;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let database = dynoxide::Database::memory()?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let ended = async {
        let mut input = Vec::new();
        // A broken input is one that has ended.
        let _ = tokio::io::stdin().read_to_end(&mut input).await;
    };
    dynoxide::server::serve_with_shutdown(listener, database, ended).await.map_err(Failure::from)
}
