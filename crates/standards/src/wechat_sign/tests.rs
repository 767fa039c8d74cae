use super::*;
use std::{
    io::Write,
    process::{Command, Stdio},
    sync::OnceLock,
};

/// Runs the system's `openssl` on `input`: the second implementation these tests are measured against.
fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("openssl is installed");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// One key per process: making it is the slowest thing here.
fn private_pem() -> &'static str {
    static PEM: OnceLock<String> = OnceLock::new();
    PEM.get_or_init(|| {
        text(openssl(&["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], b""))
    })
}

fn public_pem() -> String {
    text(openssl(&["pkey", "-pubout"], private_pem().as_bytes()))
}

fn key() -> PrivateKey {
    PrivateKey::from_pem(private_pem()).unwrap()
}

/// A file for the openssl options that take a path, gone when dropped.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("jixue-sign-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A line feed too few, and every merchant request is refused with SIGN_ERROR.
#[test]
fn every_line_of_a_message_ends_with_a_line_feed() {
    let request = request_message("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AF", b"");
    assert_eq!(request, b"GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AF\n\n");
    assert_eq!(answer_message("1", "n", b"{}"), b"1\nn\n{}\n");
}

#[test]
fn an_authorization_header_survives_building_and_reading() {
    let sent = Authorization {
        mchid: "1900000109".into(),
        serial: "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C".into(),
        nonce: "593BEC0C930BF1AFEB40B4A08C8FB242".into(),
        timestamp: "1554208460".into(),
        signature: "uOVRnA4qG/MNnYzdQxJanN+zU+lTgIcnU9BxGw5dKjK+VdEUz2FeIoC+D5sB/LN+nGzX3hfZg6r5wT1pl2ZobmIc6p0ldN7J6yDgUzbX8Uk3sD4a4eZVPTBvqNDoUqcYMlZ9uuDdCvNv4TM3c1WzsXUrExwVkI1XO5jCNbgDJ25nkT/c1gIFvqoogl7MdSFGc4W4xZsqCItnqbypR3RuGIlR9h9vlRsy7zJR9PBI83X8alLDIfR1ukt1P7tMnmogZ0cuDY8cZsd8ZlCgLadmvej58SLsIkVxFJ8XyUgx9FmutKSYTmYtWBZ0+tNvfGmbXU7cob8H/4nLBiCwIUFluw==".into(),
    };
    assert_eq!(Authorization::parse(&sent.to_string()), Some(sent));
}

/// The npm and the PyPI clients order the fields differently.
#[test]
fn the_fields_of_an_authorization_header_come_in_any_order() {
    let value =
        "WECHATPAY2-SHA256-RSA2048 serial_no=\"AB\",timestamp=\"1\", signature=\"c2ln\",nonce_str=\"n\",mchid=\"19\"";
    let read = Authorization::parse(value).unwrap();
    assert_eq!((read.mchid.as_str(), read.serial.as_str()), ("19", "AB"));
}

#[test]
fn a_malformed_authorization_header_is_not_read() {
    let whole = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",nonce_str=\"n\",signature=\"s\",timestamp=\"1\",serial_no=\"A\"";
    assert!(Authorization::parse(whole).is_some());
    for broken in [
        String::new(),
        whole.replace("RSA2048", "RSA4096"),
        whole.replace("mchid=\"1\",", ""),
        whole.replace("mchid=\"1\"", "mchid=1"),
        whole.replace("nonce_str=\"n\"", "mchid=\"2\",nonce_str=\"n\""),
        whole.replace(' ', ""),
    ] {
        assert_eq!(Authorization::parse(&broken), None, "{broken}");
    }
}

#[test]
fn openssl_verifies_what_we_sign() {
    let message = request_message("POST", "/v3/pay/transactions/native", "1", "n", "{\"描述\":1}".as_bytes());
    let signature = Scratch::new("ours.sig", &BASE64.decode(key().sign(&message)).unwrap());
    let public = Scratch::new("ours.pem", public_pem().as_bytes());
    let said = openssl(&["dgst", "-sha256", "-verify", public.path(), "-signature", signature.path()], &message);
    assert_eq!(text(said).trim(), "Verified OK");
}

#[test]
fn we_verify_what_openssl_signs() {
    let message = answer_message("1554209980", "c5ac7061fccab6bf3e254dcf98995b8c", b"{\"data\":[]}");
    let private = Scratch::new("theirs.pem", private_pem().as_bytes());
    let signature = BASE64.encode(openssl(&["dgst", "-sha256", "-sign", private.path()], &message));
    let public = PublicKey::from_pem(&public_pem()).unwrap();
    assert_eq!(public.verify(&message, &signature), Ok(()));
    assert_eq!(public.verify(b"another message", &signature), Err(SignatureInvalid));
}

/// Merchants keep their key as the platform tool wrote it, PKCS#8, or as older tools did, PKCS#1.
#[test]
fn a_key_is_the_same_in_both_private_forms_and_in_a_certificate() {
    let pkcs1 = text(openssl(&["rsa", "-traditional"], private_pem().as_bytes()));
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"));
    let private = Scratch::new("form.pem", private_pem().as_bytes());
    let certificate =
        text(openssl(&["req", "-x509", "-key", private.path(), "-subj", "/CN=platform", "-days", "1"], b""));
    let signature = PrivateKey::from_pem(&pkcs1).unwrap().sign(b"message");
    assert_eq!(signature, key().sign(b"message"));
    let public = PublicKey::from_pem(&certificate).unwrap();
    assert_eq!(public, PublicKey::from_pem(&public_pem()).unwrap());
    assert_eq!(public, key().public_key());
    assert_eq!(public.verify(b"message", &signature), Ok(()));
}

#[test]
fn what_is_not_an_rsa_key_is_refused() {
    let curve = text(openssl(&["genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], b""));
    let curve_public = text(openssl(&["pkey", "-pubout"], curve.as_bytes()));
    assert_eq!(PrivateKey::from_pem(&curve).unwrap_err(), KeyError::Rsa);
    assert_eq!(PublicKey::from_pem(&curve_public).unwrap_err(), KeyError::Rsa);
    assert_eq!(PrivateKey::from_pem(&public_pem()).unwrap_err(), KeyError::Label);
    assert_eq!(PublicKey::from_pem(private_pem()).unwrap_err(), KeyError::Label);
    assert_eq!(PublicKey::from_pem("no key").unwrap_err(), KeyError::Pem);
}

/// Invariant I12 of the payment rules: one flipped bit anywhere, and nothing verifies.
#[test]
fn no_flipped_bit_of_message_or_signature_verifies() {
    let (private, message) = (key(), answer_message("17", "n0", b"{}"));
    let (public, signature) = (private.public_key(), private.sign(&message));
    assert_eq!(public.verify(&message, &signature), Ok(()));
    for flipped in flips(&message) {
        assert_eq!(public.verify(&flipped, &signature), Err(SignatureInvalid));
    }
    for flipped in flips(&BASE64.decode(&signature).unwrap()) {
        let flipped = BASE64.encode(flipped);
        assert_eq!(public.verify(&message, &flipped), Err(SignatureInvalid));
    }
    for flipped in flips(signature.as_bytes()) {
        if let Ok(flipped) = String::from_utf8(flipped) {
            assert_eq!(public.verify(&message, &flipped), Err(SignatureInvalid));
        }
    }
}

/// Every variant of `bytes` that differs in exactly one bit.
fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut copy = bytes.to_vec();
        copy[bit / 8] ^= 1 << (bit % 8);
        copy
    })
}

/// Test case 14 of the GCM specification (McGrew and Viega): all-zero key, nonce and block.
#[test]
fn a_resource_is_sealed_as_the_gcm_specification_says() {
    let sealed = ApiV3Key([0; 32]).seal("transaction", "\0\0\0\0\0\0\0\0\0\0\0\0", "", &[0; 16]).unwrap();
    let hex: String = BASE64.decode(&sealed.ciphertext).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

#[test]
fn a_sealed_resource_opens_with_and_without_associated_data() {
    let key = ApiV3Key::new("0123456789abcdefABCDEF0123456789").unwrap();
    for associated_data in ["transaction", ""] {
        let plain = "{\"金额\":4000}".as_bytes();
        let sealed = key.seal("transaction", "fdasfjihihih", associated_data, plain).unwrap();
        assert_eq!(key.open(&sealed).unwrap(), plain);
    }
}

#[test]
fn no_flipped_bit_of_a_resource_opens() {
    let key = ApiV3Key::new("0123456789abcdefABCDEF0123456789").unwrap();
    let sealed = key.seal("transaction", "fdasfjihihih", "transaction", b"{\"a\":1}").unwrap();
    for bytes in flips(&BASE64.decode(&sealed.ciphertext).unwrap()) {
        let flipped = Resource { ciphertext: BASE64.encode(bytes), ..sealed.clone() };
        assert_eq!(key.open(&flipped), Err(ResourceError::Sealed));
    }
    for nonce in flips(sealed.nonce.as_bytes()).filter_map(|bytes| String::from_utf8(bytes).ok()) {
        let flipped = Resource { nonce, ..sealed.clone() };
        assert_eq!(key.open(&flipped), Err(ResourceError::Sealed));
    }
    for associated_data in flips(b"transaction").filter_map(|bytes| String::from_utf8(bytes).ok()) {
        let flipped = Resource { associated_data, ..sealed.clone() };
        assert_eq!(key.open(&flipped), Err(ResourceError::Sealed));
    }
    for bytes in flips(&key.0) {
        let other = ApiV3Key(bytes.try_into().unwrap());
        assert_eq!(other.open(&sealed), Err(ResourceError::Sealed));
    }
}

#[test]
fn a_malformed_resource_says_what_is_wrong() {
    assert_eq!(ApiV3Key::new("short"), Err(ResourceError::Key));
    assert_eq!(ApiV3Key::new("这把钥匙不是英文字符ab"), Err(ResourceError::Key));
    let key = ApiV3Key::new("0123456789abcdefABCDEF0123456789").unwrap();
    assert_eq!(key.seal("transaction", "short", "", b""), Err(ResourceError::Nonce));
    let sealed = key.seal("transaction", "fdasfjihihih", "", b"{}").unwrap();
    let other = Resource { algorithm: "AEAD_SM4_GCM".into(), ..sealed.clone() };
    assert_eq!(key.open(&other), Err(ResourceError::Algorithm));
    let torn = Resource { ciphertext: "*".into(), ..sealed.clone() };
    assert_eq!(key.open(&torn), Err(ResourceError::Base64));
    let empty = Resource { ciphertext: String::new(), ..sealed };
    assert_eq!(key.open(&empty), Err(ResourceError::Sealed));
}

/// Keys end up in logs by way of `{:?}`.
#[test]
fn debug_shows_no_key() {
    let secret = "0123456789abcdefABCDEF0123456789";
    assert!(!format!("{:?}", ApiV3Key::new(secret).unwrap()).contains("0123"));
    assert_eq!(format!("{:?}", key()), "PrivateKey(..)");
}
