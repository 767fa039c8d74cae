//! Files by digest: media, documents. Written before the row that names them, never changed, found by SHA-256.

use crate::error::{Error, Result};
use crate::keys::{hex, sha256};
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::ops::Range;
use std::sync::Arc;

/// A store of immutable objects. The name of an object is the SHA-256 of its bytes in lower-case hexadecimal.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

impl Blobs {
    /// Objects as files below `folder`, each synced to disk before it counts.
    pub fn local(folder: &std::path::Path) -> anyhow::Result<Self> {
        crate::app::create_private_folder(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store) })
    }

    /// Two levels of folders keep each small.
    fn path(digest: &str) -> Result<Path> {
        let well_formed = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !well_formed {
            return Err(Error::internal(format!("{digest:?} is not a SHA-256")));
        }
        Ok(Path::from(format!("{}/{}/{digest}", &digest[..2], &digest[2..4])))
    }

    /// Stores `bytes` and returns their digest. Storing the same again changes nothing.
    pub async fn put(&self, bytes: Bytes) -> Result<String> {
        let digest = hex(&sha256(&bytes));
        let path = Self::path(&digest)?;
        if self.store.head(&path).await.is_ok() {
            return Ok(digest);
        }
        self.store
            .put(&path, bytes.into())
            .await
            .map_err(|error| Error::internal(format!("blob {digest}: {error}")))?;
        Ok(digest)
    }

    /// The whole object, checked against its digest.
    pub async fn get(&self, digest: &str) -> Result<Bytes> {
        let failed = |error| Error::internal(format!("blob {digest}: {error}"));
        let bytes = self.store.get(&Self::path(digest)?).await.map_err(failed)?.bytes().await.map_err(failed)?;
        match hex(&sha256(&bytes)) == digest {
            true => Ok(bytes),
            false => Err(Error::internal(format!("blob {digest}: damaged"))),
        }
    }

    /// Takes an object away. Again, it changes nothing.
    pub async fn remove(&self, digest: &str) -> Result<()> {
        match self.store.delete(&Self::path(digest)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(Error::internal(format!("blob {digest}: {error}"))),
        }
    }

    /// Length in bytes, or nothing when it is not there.
    pub async fn length(&self, digest: &str) -> Result<Option<u64>> {
        match self.store.head(&Self::path(digest)?).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::internal(format!("blob {digest}: {error}"))),
        }
    }

    /// A part of the object; `range` must lie within it.
    pub async fn get_range(&self, digest: &str, range: Range<u64>) -> Result<Bytes> {
        let path = Self::path(digest)?;
        self.store.get_range(&path, range).await.map_err(|error| Error::internal(format!("blob {digest}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("jixue-blob-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    #[tokio::test]
    async fn an_object_is_found_by_its_digest() {
        let folder = folder("found");
        let blobs = Blobs::local(&folder).unwrap();
        let digest = blobs.put(Bytes::from_static(b"abc")).await.unwrap();
        assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(blobs.put(Bytes::from_static(b"abc")).await.unwrap(), digest);
        assert_eq!(blobs.get(&digest).await.unwrap(), "abc");
        assert_eq!(blobs.get_range(&digest, 1..3).await.unwrap(), "bc");
        assert_eq!(blobs.length(&digest).await.unwrap(), Some(3));
        assert_eq!(blobs.length(&"0".repeat(64)).await.unwrap(), None);
        blobs.remove(&digest).await.unwrap();
        assert_eq!(blobs.length(&digest).await.unwrap(), None);
        blobs.remove(&digest).await.unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// A certificate whose file rotted on disk must not be handed out as if it were good.
    #[tokio::test]
    async fn a_damaged_object_is_not_given_out() {
        let folder = folder("damaged");
        let blobs = Blobs::local(&folder).unwrap();
        let digest = blobs.put(Bytes::from_static(b"abc")).await.unwrap();
        std::fs::write(folder.join(&digest[..2]).join(&digest[2..4]).join(&digest), b"abd").unwrap();
        assert!(blobs.get(&digest).await.is_err());
        assert!(blobs.get("../../etc/passwd").await.is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
