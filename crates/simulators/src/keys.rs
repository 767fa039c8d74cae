//! Keys and numbers of the simulated counterparties: made at the first start, kept in a folder if one is given.

use ring::rand::{SecureRandom, SystemRandom};
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::OnceLock;

/// The file that holds everything, so that a restart goes on with the same keys.
const FILE: &str = "simulator.json";
const RSA_BITS: usize = 2_048;

/// Why keys could not be made, read or kept.
#[derive(Debug)]
pub enum KeysError {
    Io(std::io::Error),
    /// The kept file is not ours or is damaged.
    Damaged(String),
    /// RSA key generation failed.
    Generation,
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "keys folder: {error}"),
            Self::Damaged(what) => write!(f, "{FILE}: {what}"),
            Self::Generation => f.write_str("RSA key generation failed"),
        }
    }
}

impl std::error::Error for KeysError {}

impl From<std::io::Error> for KeysError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

/// An RSA pair as PEM: PKCS#8 and SPKI.
#[derive(Clone, Serialize, Deserialize)]
pub struct PairPem {
    pub private: String,
    pub public: String,
}

impl PairPem {
    fn generate() -> Result<Self, KeysError> {
        let private = rsa::PrivateKey::new(&mut getrandom::SysRng, RSA_BITS).map_err(|_| KeysError::Generation)?;
        let public = private.to_public_key();
        Ok(Self {
            private: private.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeysError::Generation)?.to_string(),
            public: public.to_public_key_pem(LineEnding::LF).map_err(|_| KeysError::Generation)?,
        })
    }
}

/// A merchant as registered with the gateway.
#[derive(Clone, Serialize, Deserialize)]
pub struct MerchantKeys {
    /// What the payer reads on the phone.
    pub name: String,
    pub appid: String,
    pub mchid: String,
    /// Serial number of the merchant's API certificate.
    pub serial: String,
    pub pair: PairPem,
    /// 32 characters.
    pub apiv3_key: String,
}

impl MerchantKeys {
    fn with_pair(name: &str, pair: PairPem) -> Self {
        Self {
            name: name.to_owned(),
            appid: format!("wx{}", random_hex(8)),
            mchid: format!("16{}", random_digits(8)),
            serial: random_hex(20).to_uppercase(),
            pair,
            apiv3_key: random_hex(16),
        }
    }

    /// A further merchant with its own numbers. All further merchants of one process share one RSA pair, because
    /// making one takes about as long as all the rest of a test.
    ///
    /// # Errors
    /// When key generation fails.
    pub fn further(name: &str) -> Result<Self, KeysError> {
        static PAIR: OnceLock<PairPem> = OnceLock::new();
        let pair = match PAIR.get() {
            Some(pair) => pair.clone(),
            None => {
                let made = PairPem::generate()?;
                PAIR.get_or_init(|| made).clone()
            }
        };
        Ok(Self::with_pair(name, pair))
    }
}

/// Everything the simulated counterparties need to be themselves.
#[derive(Clone, Serialize, Deserialize)]
pub struct SimulatorKeys {
    /// `PUB_KEY_ID_…`.
    pub platform_public_key_id: String,
    pub platform: PairPem,
    /// Upper-case hex.
    pub certificate_serial: String,
    pub certificate: PairPem,
    /// Whose signature is never right.
    pub stranger: PairPem,
    pub merchant: MerchantKeys,
    pub sms_access_key_id: String,
    pub sms_access_key_secret: String,
}

/// Shows no key.
impl fmt::Debug for SimulatorKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorKeys")
            .field("platform_public_key_id", &self.platform_public_key_id)
            .field("mchid", &self.merchant.mchid)
            .finish_non_exhaustive()
    }
}

impl SimulatorKeys {
    /// Makes new keys and numbers for a merchant of this name.
    ///
    /// # Errors
    /// When key generation fails.
    pub fn generate(merchant_name: &str) -> Result<Self, KeysError> {
        let (platform, certificate, merchant) = std::thread::scope(|threads| {
            let platform = threads.spawn(PairPem::generate);
            let certificate = threads.spawn(PairPem::generate);
            let merchant = PairPem::generate();
            (joined(platform), joined(certificate), merchant)
        });
        let merchant = MerchantKeys::with_pair(merchant_name, merchant?);
        Ok(Self {
            platform_public_key_id: format!("PUB_KEY_ID_01{}", random_digits(24)),
            platform: platform?,
            certificate_serial: random_hex(20).to_uppercase(),
            certificate: certificate?,
            // Any key the gateway does not own will do.
            stranger: merchant.pair.clone(),
            merchant,
            sms_access_key_id: format!("LTAI{}", random_hex(10)),
            sms_access_key_secret: random_hex(15),
        })
    }

    /// The AppSecret of the official account.
    pub fn official_secret(&self) -> String {
        self.further_secret("official account")
    }

    /// The secret of the client that the issuer knows.
    pub fn issuer_secret(&self) -> String {
        self.further_secret("issuer")
    }

    /// Made from a kept secret, so that files of earlier versions still do.
    fn further_secret(&self, purpose: &str) -> String {
        let words = format!("{purpose} {}", self.merchant.apiv3_key);
        let digest = ring::digest::digest(&ring::digest::SHA256, words.as_bytes());
        digest.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The same keys for every caller in this process: for tests.
    ///
    /// # Panics
    /// When the system has no randomness.
    pub fn once_per_process() -> Self {
        static KEYS: OnceLock<SimulatorKeys> = OnceLock::new();
        KEYS.get_or_init(|| Self::generate("继学示例收款方").expect("RSA keys can be made")).clone()
    }

    /// Reads the keys kept in `folder`, or makes and keeps new ones. Files are readable by their owner only.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or what is kept there is damaged.
    pub fn kept_in(folder: &Path, merchant_name: &str) -> Result<Self, KeysError> {
        match std::fs::read(folder.join(FILE)) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| KeysError::Damaged(error.to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let keys = Self::generate(merchant_name)?;
                std::fs::create_dir_all(folder)?;
                let json = serde_json::to_vec_pretty(&keys).map_err(|error| KeysError::Damaged(error.to_string()))?;
                keep(&folder.join(FILE), &json)?;
                Ok(keys)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Writes a file that only its owner may read.
pub fn keep(path: &Path, bytes: &[u8]) -> Result<(), KeysError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(bytes)?;
    Ok(())
}

fn joined(thread: std::thread::ScopedJoinHandle<'_, Result<PairPem, KeysError>>) -> Result<PairPem, KeysError> {
    thread.join().unwrap_or(Err(KeysError::Generation))
}

/// `bytes` random bytes in lower-case hex.
pub fn random_hex(bytes: usize) -> String {
    random(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random number in the 8-4-4-4-12 form that notifications are numbered with.
pub fn uuid() -> String {
    [4, 2, 2, 2, 6].map(random_hex).join("-")
}

/// So many random decimal digits.
pub fn random_digits(count: usize) -> String {
    random(count).iter().map(|byte| char::from(b'0' + byte % 10)).collect()
}

fn random(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    SystemRandom::new().fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
