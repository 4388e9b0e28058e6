//! What lies in a bucket, put there and taken away by hand.

use super::Inspector;
use crate::Fault;

impl Inspector {
    /// The bucket whose name begins so, if there is one.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn bucket(&self, prefix: &str) -> Result<Option<String>, Fault> {
        let listed = self
            .objects
            .list_buckets()
            .prefix(prefix)
            .send()
            .await
            .map_err(Fault::during("list the buckets"))?;
        let names = listed.buckets.unwrap_or_default();
        let mut names = names.into_iter().filter_map(|bucket| bucket.name);
        Ok(names.find(|name| name.starts_with(prefix)))
    }

    /// An object's bytes, if it is there.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn object(&self, bucket: &str, key: &str) -> Result<Option<Vec<u8>>, Fault> {
        let operation = "look at an object";
        let object = self.objects.get_object().bucket(bucket).key(key).send();
        let body = match object.await {
            Ok(object) => object.body,
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_no_such_key()) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Fault::during(operation)(error)),
        };
        let bytes = body.collect().await.map_err(Fault::during(operation))?;
        Ok(Some(bytes.to_vec()))
    }

    /// Writes an object over whatever is there.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<(), Fault> {
        self.objects
            .put_object()
            .bucket(bucket)
            .key(key)
            .body(bytes.into())
            .send()
            .await
            .map_err(Fault::during("write an object"))?;
        Ok(())
    }

    /// Takes an object away; whether it was there is of no matter.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn remove_object(&self, bucket: &str, key: &str) -> Result<(), Fault> {
        let removed = self.objects.delete_object().bucket(bucket).key(key).send();
        removed.await.map_err(Fault::during("remove an object"))?;
        Ok(())
    }
}
