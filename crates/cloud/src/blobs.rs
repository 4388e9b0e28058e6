//! Objects in S3: the mails as they arrived.

use crate::{Cloud, Fault};

/// One bucket.
#[derive(Clone, Debug)]
pub struct Blobs {
    client: aws_sdk_s3::Client,
    bucket: String,
}

/// What reading an object comes to.
#[derive(Debug)]
pub enum Blob {
    /// All its bytes.
    Whole(Vec<u8>),
    /// It is larger than the limit, and the rest was left where it is.
    TooLarge {
        /// Its first [`HEAD_BYTES`], about.
        head: Vec<u8>,
    },
}

/// As much as is read of an object that is too large: the headers of a mail, to know whom to tell.
pub const HEAD_BYTES: usize = 256 * 1024;

impl Blobs {
    /// The bucket of that name.
    #[must_use]
    pub fn new(cloud: &Cloud, bucket: String) -> Self {
        // A local cloud has no DNS names for buckets.
        let is_local = cloud.config.endpoint_url().is_some();
        let config = aws_sdk_s3::config::Builder::from(&cloud.config)
            .force_path_style(is_local)
            .build();
        Self {
            client: aws_sdk_s3::Client::from_conf(config),
            bucket,
        }
    }

    /// Writes the object of that key.
    ///
    /// # Errors
    /// [`Fault`] when S3 has not acknowledged it; it may be there all the same.
    pub async fn write(&self, key: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .body(bytes.into())
            .send()
            .await
            .map_err(Fault::during("write an object"))?;
        Ok(())
    }

    /// Reads the object of that key, if it has at most `limit_bytes`.
    ///
    /// # Errors
    /// [`Fault`], also when there is no such object: a notification may overtake it.
    pub async fn read(&self, key: &str, limit_bytes: u64) -> Result<Blob, Fault> {
        let operation = "read the mail from the inbox";
        let object = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        // The answer's head carries the size; the body is still on the wire.
        let bytes = object
            .content_length()
            .and_then(|length| u64::try_from(length).ok())
            .unwrap_or(u64::MAX);
        let mut body = object.body;
        if bytes > limit_bytes {
            let mut head = Vec::new();
            while head.len() < HEAD_BYTES {
                match body.try_next().await.map_err(Fault::during(operation))? {
                    Some(piece) => head.extend_from_slice(&piece),
                    None => break,
                }
            }
            return Ok(Blob::TooLarge { head });
        }
        let body = body.collect().await.map_err(Fault::during(operation))?;
        Ok(Blob::Whole(body.to_vec()))
    }
}
