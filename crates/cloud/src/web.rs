//! Short public documents of others, by address: the keys of those who say who calls.

use std::time::Duration;

use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, SharedHttpConnector},
        orchestrator::HttpRequest,
        result::ConnectorError,
    },
    http::HttpError,
};
use aws_smithy_types::{
    body::SdkBody,
    byte_stream::{ByteStream, error::Error as BodyError},
};

use crate::{Cloud, Fault, connector::connector};

/// Whoever waits for the answer, waits for this, too.
const CONNECTS_WITHIN: Duration = Duration::from_secs(2);
const ANSWERS_WITHIN: Duration = Duration::from_secs(4);

/// Reads documents over the SDK's own connections. It follows no redirect: an address says itself who answers.
#[derive(Clone, Debug)]
pub struct Web {
    connector: SharedHttpConnector,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("the request could not be written")]
    Unwritten(#[from] HttpError),
    #[error("nobody could be asked")]
    Unreachable(#[from] ConnectorError),
    #[error("no answer within {} s", ANSWERS_WITHIN.as_secs())]
    Silent(#[from] tokio::time::error::Elapsed),
    #[error("the answer broke off")]
    BrokenOff(#[from] BodyError),
    #[error("the answer is {0}")]
    Status(u16),
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

impl Web {
    /// Makes a client. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Fault`] when the SDK is built without one.
    pub fn new(cloud: &Cloud) -> Result<Self, Fault> {
        Ok(Self {
            connector: connector(&cloud.config, CONNECTS_WITHIN)?,
        })
    }

    /// What is at an address, of at most so many bytes.
    ///
    /// # Errors
    /// [`Fault`] when it cannot be had in a few seconds, or is longer.
    pub async fn read(&self, url: &str, max_bytes: usize) -> Result<Vec<u8>, Fault> {
        tokio::time::timeout(ANSWERS_WITHIN, self.ask(url, max_bytes))
            .await
            .unwrap_or_else(|silent| Err(silent.into()))
            .map_err(Fault::during("read a document of the web"))
    }

    async fn ask(&self, url: &str, max_bytes: usize) -> Result<Vec<u8>, Unread> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method("GET")?;
        request.set_uri(url)?;
        request
            .headers_mut()
            .try_insert("accept", "application/json")?;
        let answer = self.connector.call(request).await?;
        if answer.status().as_u16() != 200 {
            return Err(Unread::Status(answer.status().as_u16()));
        }
        let mut body = ByteStream::new(answer.into_body());
        let mut read = Vec::new();
        while let Some(bytes) = body.try_next().await? {
            read.extend_from_slice(&bytes);
            if read.len() > max_bytes {
                return Err(Unread::TooLong(max_bytes));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// What is read of a server that answers once, so.
    async fn read(answer: &'static str) -> Result<Vec<u8>, Fault> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        });
        let cloud = Cloud::from_env().await;
        let read = Web::new(&cloud).unwrap().read(&url, 10).await;
        served.abort();
        read
    }

    #[tokio::test]
    async fn a_short_document_is_read_and_no_other() {
        let short = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789";
        assert_eq!(read(short).await.unwrap(), b"0123456789");
        for (answer, why) in [
            (
                "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n0123456789a",
                "longer than 10 bytes",
            ),
            (
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
                "302",
            ),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "404"),
        ] {
            let fault = read(answer).await.unwrap_err();
            let source = std::error::Error::source(&fault).unwrap().to_string();
            assert!(source.contains(why), "{source}");
        }
    }
}
