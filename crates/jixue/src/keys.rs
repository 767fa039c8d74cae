//! Keys of the application: sealing of personal data, blind indexes, beat nonces, exam seeds.
//!
//! A 32-byte root key lives in `keys/root.key` (mode 0600) outside the data folder; every use derives its own key from it
//! by HKDF-SHA256, so that no key serves two purposes. `jixue rekey` puts `root-2.key` and further ones beside it;
//! `root.current` says which of them seals. What was promised under the first one (commitments, seeds of exams) is kept
//! under it, so all of them stay.

use crate::error::{Error, Result};
use base64::Engine;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use std::path::Path;
use std::sync::Arc;

/// Fills an array with random bytes from the operating system.
///
/// # Panics
/// When the operating system has no randomness to give: nothing safe can be done then.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// Says which root key seals, once there are several: its generation in digits.
pub const CURRENT_FILE: &str = "root.current";
/// Stands while a turn of the key is not done: the generation turned to.
pub const UNFINISHED_FILE: &str = "rekey.unfinished";

/// The file of a generation's root key. Generations count from 1; one byte leads every ciphertext and says which sealed it.
pub fn root_file(generation: u8) -> String {
    match generation {
        1 => "root.key".to_owned(),
        generation => format!("root-{generation}.key"),
    }
}

/// Derived keys. Cloning shares them; `Debug` shows nothing.
#[derive(Clone)]
pub struct Keys {
    inner: Arc<Derived>,
}

struct Derived {
    /// By generation, the first one's first.
    sealing: Vec<LessSafeKey>,
    generation: u8,
    blind: hmac::Key,
    lasting: hmac::Key,
    beat: [u8; 32],
    exam: [u8; 32],
    commitment: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keys(..)")
    }
}

impl Keys {
    /// The keys of an installation that has turned none.
    pub fn from_root(root: &[u8; 32]) -> Self {
        Self::from_roots(std::slice::from_ref(root), 1)
    }

    /// `roots` of the generations 1, 2 and so on; `generation` seals and makes indexes, all of them open.
    ///
    /// # Panics
    /// When `generation` is not among them.
    pub fn from_roots(roots: &[[u8; 32]], generation: u8) -> Self {
        let of = |generation: u8| &roots[usize::from(generation) - 1];
        let sealing = roots.iter().map(|root| {
            let key = UnboundKey::new(&AES_256_GCM, &derived(root, "seal")).expect("an AES-256 key has 32 bytes");
            LessSafeKey::new(key)
        });
        Self {
            inner: Arc::new(Derived {
                sealing: sealing.collect(),
                generation,
                blind: hmac::Key::new(hmac::HMAC_SHA256, &derived(of(generation), "blind index")),
                lasting: hmac::Key::new(hmac::HMAC_SHA256, &derived(of(1), "lasting digest")),
                beat: derived(of(1), "beat nonce"),
                exam: derived(of(1), "exam seed"),
                commitment: hmac::Key::new(hmac::HMAC_SHA256, &derived(of(1), "commitment salt")),
            }),
        }
    }

    /// Reads the root keys of a folder.
    ///
    /// # Errors
    /// When one is missing or unreadable, or a turn of the key was broken off: people would not be found.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let marker = folder.join(UNFINISHED_FILE);
        anyhow::ensure!(!marker.exists(), "{}: `jixue rekey` was broken off; run it again first", marker.display());
        let current = folder.join(CURRENT_FILE);
        let generation = match std::fs::read_to_string(&current) {
            Ok(text) => text.trim().parse().map_err(|error| anyhow::anyhow!("{}: {error}", current.display()))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 1,
            Err(error) => anyhow::bail!("{}: {error}", current.display()),
        };
        Self::load_turning(folder, generation)
    }

    /// Reads the root keys up to a generation, which seals from now on: for the turn of the key itself.
    ///
    /// # Errors
    /// When one is missing or unreadable.
    pub fn load_turning(folder: &Path, generation: u8) -> anyhow::Result<Self> {
        anyhow::ensure!(generation > 0, "generations of keys count from 1");
        let roots = (1..=generation).map(|generation| read_root(&folder.join(root_file(generation))));
        Ok(Self::from_roots(&roots.collect::<anyhow::Result<Vec<_>>>()?, generation))
    }

    /// The generation that seals.
    pub fn generation(&self) -> u8 {
        self.inner.generation
    }

    /// Seals personal data. `context` binds the ciphertext to its use: a phone number cannot be moved to where an
    /// identity number stands. Shape: generation, 12 bytes of nonce, ciphertext with tag.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; 12] = random();
        let mut sealed = plain.to_vec();
        self.inner.sealing[usize::from(self.inner.generation) - 1]
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context.as_bytes()), &mut sealed)
            .expect("sealing fails only beyond 64 GiB");
        let mut out = Vec::with_capacity(13 + sealed.len());
        out.push(self.inner.generation);
        out.extend(nonce);
        out.extend(sealed);
        out
    }

    /// Opens what `seal` made with the same context.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let damaged = || Error::internal(format!("sealed {context} cannot be opened: wrong key or damaged"));
        let (generation, rest) = sealed.split_first().ok_or_else(damaged)?;
        let index = usize::from(*generation).checked_sub(1).ok_or_else(damaged)?;
        let key = self.inner.sealing.get(index).filter(|_| rest.len() >= 28).ok_or_else(damaged)?;
        let (nonce, body) = rest.split_at(12);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| damaged())?;
        let mut body = body.to_vec();
        let plain = key.open_in_place(nonce, Aad::from(context.as_bytes()), &mut body).map_err(|_| damaged())?;
        Ok(plain.to_vec())
    }

    /// A keyed index for exact search: without the key nobody can try identity numbers against it.
    pub fn blind_index(&self, context: &str, value: &str) -> Vec<u8> {
        keyed(&self.inner.blind, context, value)
    }

    /// The digest of what only somebody else can say again: a random code on paper, or whom another side vouches for. It
    /// stays the same when the key is turned.
    pub fn lasting_digest(&self, context: &str, value: &str) -> Vec<u8> {
        keyed(&self.inner.lasting, context, value)
    }

    /// The salt of a commitment to a learner's identity: kept by us, given only with the document.
    pub fn commitment_salt(&self, label: &str) -> [u8; 32] {
        let tag = hmac::sign(&self.inner.commitment, label.as_bytes());
        tag.as_ref().try_into().expect("SHA-256 gives 32 bytes")
    }

    /// The key of beat nonces.
    pub fn beat(&self) -> &[u8; 32] {
        &self.inner.beat
    }

    /// The key of exam seeds.
    pub fn exam(&self) -> &[u8; 32] {
        &self.inner.exam
    }
}

fn keyed(key: &hmac::Key, context: &str, value: &str) -> Vec<u8> {
    let mut message = context.as_bytes().to_vec();
    message.push(0);
    message.extend(value.as_bytes());
    hmac::sign(key, &message).as_ref().to_vec()
}

fn derived(root: &[u8; 32], purpose: &str) -> [u8; 32] {
    let info = [purpose.as_bytes()];
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"jixue root key")
        .extract(root)
        .expand(&info, hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut key))
        .expect("32 bytes are within what HKDF gives");
    key
}

fn read_root(path: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| anyhow::anyhow!("{}: {error}; make keys with `jixue admin keys init`", path.display()))?;
    let root = base64::engine::general_purpose::STANDARD.decode(text.trim())?;
    root.try_into().map_err(|_| anyhow::anyhow!("{}: not 32 bytes", path.display()))
}

/// SHA-256 of anything.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().try_into().expect("SHA-256 gives 32 bytes")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Base64 for URLs and cookies, without padding.
pub fn base64_url(bytes: &[u8]) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::from_root(&[7; 32])
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_context() {
        let sealed = keys().seal("identity", b"431099198501010012");
        assert_eq!(keys().open("identity", &sealed).unwrap(), b"431099198501010012");
        assert!(keys().open("phone", &sealed).is_err());
        assert!(Keys::from_root(&[8; 32]).open("identity", &sealed).is_err());
    }

    /// After a turn of the key old rows must open, and what other systems hold of the first key must stay what it was.
    #[test]
    fn a_turned_key_opens_what_the_older_ones_sealed() {
        let turned = Keys::from_roots(&[[7; 32], [8; 32]], 2);
        let (old, new) = (keys().seal("phone", b"13800000001"), turned.seal("phone", b"13800000001"));
        assert_eq!((old[0], new[0]), (1, 2));
        assert_eq!(turned.open("phone", &old).unwrap(), b"13800000001");
        assert_eq!(turned.open("phone", &new).unwrap(), b"13800000001");
        assert!(keys().open("phone", &new).is_err(), "a stolen old key opens nothing new");
        assert_ne!(turned.blind_index("phone", "1"), keys().blind_index("phone", "1"));
        assert_eq!(turned.commitment_salt("a"), keys().commitment_salt("a"));
        assert_eq!(turned.lasting_digest("code", "a"), keys().lasting_digest("code", "a"));
        assert_eq!((turned.beat(), turned.exam()), (keys().beat(), keys().exam()));
        let mut zero = old.clone();
        zero[0] = 0;
        assert!(turned.open("phone", &zero).is_err());
    }

    /// A changed bit, a cut tail, an empty blob: an error, never a wrong number.
    #[test]
    fn a_damaged_seal_is_refused() {
        let sealed = keys().seal("phone", b"13800000001");
        for index in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[index] ^= 1;
            assert!(keys().open("phone", &damaged).is_err(), "byte {index}");
            assert!(keys().open("phone", &sealed[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn a_blind_index_is_stable_and_keyed() {
        let index = keys().blind_index("identity", "431099198501010012");
        assert_eq!(index, keys().blind_index("identity", "431099198501010012"));
        assert_ne!(index, keys().blind_index("phone", "431099198501010012"));
        assert_ne!(index, Keys::from_root(&[8; 32]).blind_index("identity", "431099198501010012"));
    }
}
