//! The sealed part of a notification: AES-256-GCM under the merchant's APIv3 key.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The one algorithm a resource is sealed with.
pub const ALGORITHM: &str = "AEAD_AES_256_GCM";

/// Why a resource could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    #[error("an APIv3 key is 32 ASCII bytes")]
    Key,
    #[error("resource algorithm is not AEAD_AES_256_GCM")]
    Algorithm,
    #[error("resource nonce is not 12 bytes")]
    Nonce,
    #[error("ciphertext is not base64")]
    Base64,
    #[error("ciphertext does not open under this key")]
    Sealed,
}

/// `resource` of a notification as it stands in the JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What was sealed: `transaction` or `refund`.
    pub original_type: String,
    pub algorithm: String,
    /// Base64; the last 16 bytes are the tag.
    pub ciphertext: String,
    /// May be empty or absent.
    #[serde(default)]
    pub associated_data: String,
    /// 12 characters.
    pub nonce: String,
}

/// The merchant's APIv3 key: 32 ASCII bytes, used as they are. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiV3Key(pub(super) [u8; 32]);

impl fmt::Debug for ApiV3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiV3Key(..)")
    }
}

impl ApiV3Key {
    /// # Errors
    /// When `text` is not 32 ASCII bytes.
    pub fn new(text: &str) -> Result<Self, ResourceError> {
        let bytes = text.as_bytes().try_into();
        match bytes {
            Ok(bytes) if text.is_ascii() => Ok(Self(bytes)),
            _ => Err(ResourceError::Key),
        }
    }

    /// Seals `plain`. The caller must never use one `nonce` (12 bytes) twice under one key.
    ///
    /// # Errors
    /// When the nonce has another length.
    pub fn seal(
        &self,
        original_type: &str,
        nonce: &str,
        associated_data: &str,
        plain: &[u8],
    ) -> Result<Resource, ResourceError> {
        let mut bytes = plain.to_vec();
        self.cipher()
            .seal_in_place_append_tag(nonce_of(nonce)?, Aad::from(associated_data.as_bytes()), &mut bytes)
            // ring refuses only texts of 64 GiB and more, far beyond any notification.
            .map_err(|_| ResourceError::Sealed)?;
        Ok(Resource {
            original_type: original_type.to_owned(),
            algorithm: ALGORITHM.to_owned(),
            ciphertext: BASE64.encode(bytes),
            associated_data: associated_data.to_owned(),
            nonce: nonce.to_owned(),
        })
    }

    /// Opens `resource` and returns the plain bytes.
    ///
    /// # Errors
    /// When the algorithm is another, nonce or base64 are malformed, or a single bit of ciphertext, nonce,
    /// associated data or key is not what was sealed.
    pub fn open(&self, resource: &Resource) -> Result<Vec<u8>, ResourceError> {
        if resource.algorithm != ALGORITHM {
            return Err(ResourceError::Algorithm);
        }
        let nonce = nonce_of(&resource.nonce)?;
        let mut bytes = BASE64.decode(&resource.ciphertext).map_err(|_| ResourceError::Base64)?;
        let plain = self
            .cipher()
            .open_in_place(nonce, Aad::from(resource.associated_data.as_bytes()), &mut bytes)
            .map_err(|_| ResourceError::Sealed)?;
        Ok(plain.to_vec())
    }

    fn cipher(&self) -> LessSafeKey {
        // The length is fixed by the type, so the key always fits.
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).expect("32 bytes fit AES-256"))
    }
}

fn nonce_of(text: &str) -> Result<Nonce, ResourceError> {
    let bytes: [u8; NONCE_LEN] = text.as_bytes().try_into().map_err(|_| ResourceError::Nonce)?;
    Ok(Nonce::assume_unique_for_key(bytes))
}
