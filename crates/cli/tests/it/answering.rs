//! An API that says what it is told to, and `cis` asking it.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output},
    thread,
};

use serde_json::Value;

/// Answers one request after the other; what was asked is handed back, head and body.
pub(crate) fn answering(answers: Vec<(u16, Value)>) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0]);
            }
            let head = String::from_utf8(request.clone()).unwrap().to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.trim().parse().unwrap());
            let mut sent = vec![0; length];
            stream.read_exact(&mut sent).unwrap();
            request.extend(sent);
            asked.push(String::from_utf8(request).unwrap());
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    (url, asked)
}

/// `cis` with those arguments, told where the API is and whom to ask as.
pub(crate) fn asking(api: &str, arguments: &[&str]) -> Output {
    let token = token();
    let output = Command::new(env!("CARGO_BIN_EXE_cis"))
        .args(arguments)
        .args(["--api", api, "--token-file"])
        .arg(&token)
        .output()
        .unwrap();
    std::fs::remove_file(token).unwrap();
    output
}

/// What it printed, having been content.
pub(crate) fn shown(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A file with a token, to be removed.
pub(crate) fn token() -> PathBuf {
    let name = format!(
        "cis-token-{}-{:?}",
        std::process::id(),
        thread::current().id()
    );
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, "secret-token\n").unwrap();
    file
}
