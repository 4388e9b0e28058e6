//! Objects that are written in parts: there when they are whole, and not before. What is never ended the bucket's lifecycle
//! takes away.

use aws_sdk_s3::{
    error::ProvideErrorMetadata,
    types::{CompletedMultipartUpload, CompletedPart},
};

use super::Blobs;
use crate::Fault;

/// An object that is written in parts.
#[derive(Debug)]
pub struct Parts<'a> {
    blobs: &'a Blobs,
    key: String,
    upload: String,
    /// What S3 calls each part.
    tags: Vec<String>,
}

/// What ending the parts of an object came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum PartsEnd {
    /// They are one object.
    Whole,
    /// S3 does not have them any more, or has others: the object has to be begun again, if it is not there.
    Lost,
}

/// Every part but the last has at least these many bytes.
pub const LEAST_PART_BYTES: usize = 5 * 1024 * 1024;

impl Blobs {
    /// Begins an object that is written in parts.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn begin_parts(&self, key: &str) -> Result<Parts<'_>, Fault> {
        let operation = "begin an object of parts";
        let begun = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key)
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let upload = begun
            .upload_id
            .ok_or_else(|| Fault::during(operation)("S3 names no upload"))?;
        Ok(self.resume_parts(key, upload, Vec::new()))
    }

    /// Goes on with an object of parts, by its [`Parts::upload`] and [`Parts::tags`].
    #[must_use]
    pub fn resume_parts(&self, key: &str, upload: String, tags: Vec<String>) -> Parts<'_> {
        Parts {
            blobs: self,
            key: key.to_owned(),
            upload,
            tags,
        }
    }
}

impl Parts<'_> {
    /// Names the upload.
    #[must_use]
    pub fn upload(&self) -> &str {
        &self.upload
    }

    /// What S3 calls each part that is written.
    #[must_use]
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// Writes the next part.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn write(&mut self, bytes: Vec<u8>) -> Result<(), Fault> {
        let operation = "write a part of an object";
        let number = i32::try_from(self.tags.len() + 1).map_err(Fault::during(operation))?;
        let written = self
            .blobs
            .client
            .upload_part()
            .bucket(&self.blobs.bucket)
            .key(&self.key)
            .upload_id(&self.upload)
            .part_number(number)
            .body(bytes.into())
            .send()
            .await
            .map_err(Fault::during(operation))?;
        let tag = written
            .e_tag
            .ok_or_else(|| Fault::during(operation)("S3 names no part"))?;
        self.tags.push(tag);
        Ok(())
    }

    /// Makes them one object.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn end(self) -> Result<PartsEnd, Fault> {
        let parts = self
            .tags
            .into_iter()
            .zip(1..)
            .map(|(tag, number)| {
                CompletedPart::builder()
                    .part_number(number)
                    .e_tag(tag)
                    .build()
            })
            .collect();
        let whole = CompletedMultipartUpload::builder()
            .set_parts(Some(parts))
            .build();
        let ended = self
            .blobs
            .client
            .complete_multipart_upload()
            .bucket(&self.blobs.bucket)
            .key(&self.key)
            .upload_id(&self.upload)
            .multipart_upload(whole)
            .send()
            .await;
        match ended {
            Ok(_) => Ok(PartsEnd::Whole),
            Err(error) if matches!(error.code(), Some("InvalidPart" | "NoSuchUpload")) => {
                Ok(PartsEnd::Lost)
            }
            Err(error) => Err(Fault::during("put the parts of an object together")(error)),
        }
    }
}
