//! Objects in S3: the mails as they arrived, lists and what came of them, reports.

mod parts;

use std::time::Duration;

use aws_sdk_s3::{config::RequestChecksumCalculation, presigning::PresigningConfig};

use crate::{Cloud, Fault};

pub use parts::{LEAST_PART_BYTES, Parts, PartsEnd};

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

/// What asking for an object anew comes to.
#[derive(Debug)]
pub enum Fresh {
    /// It is as it was.
    Same,
    /// It is other than it was.
    Changed {
        /// All its bytes.
        bytes: Vec<u8>,
        /// What names this state of it.
        tag: Option<String>,
    },
    /// It is larger than the limit.
    TooLarge,
    /// There is none, or none that may be read: S3 says the same of both to who may not list.
    Absent,
}

/// As much as is read of an object that is too large: the headers of a mail, to know whom to tell.
pub const HEAD_BYTES: usize = 256 * 1024;

/// For any bucket.
pub(crate) fn client(cloud: &Cloud) -> aws_sdk_s3::Client {
    // A local cloud has no DNS names for buckets.
    let is_local = cloud.config.endpoint_url().is_some();
    let config = aws_sdk_s3::config::Builder::from(&cloud.config)
        .force_path_style(is_local)
        // Without: an address signed for an upload would demand the checksum of a body nobody has yet.
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

impl Blobs {
    /// The bucket of that name.
    #[must_use]
    pub fn new(cloud: &Cloud, bucket: String) -> Self {
        Self {
            client: client(cloud),
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

    /// How many bytes an object has.
    ///
    /// # Errors
    /// [`Fault`], also when there is no such object.
    pub async fn size(&self, key: &str) -> Result<u64, Fault> {
        let operation = "look at an object";
        let object = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let bytes = object.content_length().unwrap_or_default();
        u64::try_from(bytes).map_err(Fault::during(operation))
    }

    /// Reads a piece of an object; a shorter one, or nothing, at its end.
    ///
    /// # Errors
    /// [`Fault`], also when there is no such object.
    pub async fn read_piece(&self, key: &str, from: u64, bytes: u64) -> Result<Vec<u8>, Fault> {
        let operation = "read a piece of an object";
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .range(format!("bytes={from}-{}", from + bytes.saturating_sub(1)))
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            // What begins behind the last byte is no range (RFC 9110 section 15.5.17).
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.meta().code() == Some("InvalidRange")) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(Fault::during(operation)(error)),
        };
        let body = object
            .body
            .collect()
            .await
            .map_err(Fault::during(operation))?;
        Ok(body.into_bytes().into())
    }

    /// An address under which whoever has it may write the object of that key until it expires.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn address_to_write(&self, key: &str, expires_in: Duration) -> Result<String, Fault> {
        let operation = "sign an address to write to";
        let config = PresigningConfig::expires_in(expires_in).map_err(Fault::during(operation))?;
        let signed = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .presigned(config)
            .await
            .map_err(Fault::during(operation))?;
        Ok(signed.uri().to_owned())
    }

    /// An address under which whoever has it may read the object of that key until it expires, as a file of that name.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn address_to_read(
        &self,
        key: &str,
        file_name: &str,
        expires_in: Duration,
    ) -> Result<String, Fault> {
        let operation = "sign an address to read from";
        let config = PresigningConfig::expires_in(expires_in).map_err(Fault::during(operation))?;
        let signed = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .response_content_disposition(format!("attachment; filename=\"{file_name}\""))
            .presigned(config)
            .await
            .map_err(Fault::during(operation))?;
        Ok(signed.uri().to_owned())
    }

    /// Deletes the object of that key; there may be none. Where versions are kept, nobody reads it any more, and its bytes go by the
    /// bucket's lifecycle.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn delete(&self, key: &str) -> Result<(), Fault> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(Fault::during("delete an object"))?;
        Ok(())
    }

    /// Reads the object of that key, if it is not what `tag` names and has at most `limit_bytes`.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn read_anew(
        &self,
        key: &str,
        tag: Option<&str>,
        limit_bytes: u64,
    ) -> Result<Fresh, Fault> {
        let operation = "read an object anew";
        let answer = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .set_if_none_match(tag.map(str::to_owned))
            .send()
            .await;
        let object = match answer {
            Ok(object) => object,
            Err(error) => {
                return match error.raw_response().map(|raw| raw.status().as_u16()) {
                    Some(304) => Ok(Fresh::Same),
                    Some(403 | 404) => Ok(Fresh::Absent),
                    _ => Err(Fault::during(operation)(error)),
                };
            }
        };
        let bytes = object.content_length();
        if bytes.is_none_or(|bytes| u64::try_from(bytes).is_ok_and(|bytes| bytes > limit_bytes)) {
            return Ok(Fresh::TooLarge);
        }
        let tag = object.e_tag;
        let body = object
            .body
            .collect()
            .await
            .map_err(Fault::during(operation))?;
        Ok(Fresh::Changed {
            bytes: body.to_vec(),
            tag,
        })
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
