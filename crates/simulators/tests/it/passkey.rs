//! A passkey in software against the checks of a relying party.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jixue_simulators::{Made, Passkey, Used};
use jixue_standards::webauthn::{Asked, Assertion, Credential, WebauthnError, register, verify};
use proptest::prelude::*;

const ORIGIN: &str = "https://jixue.example";
const CHALLENGE: &[u8] = b"a challenge of thirty-two bytes!";

fn asked() -> Asked<'static> {
    Asked { origin: ORIGIN, rp_id: "jixue.example", challenge: CHALLENGE }
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(CHALLENGE)
}

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

fn registered(made: &Made, asked: Asked<'_>) -> Result<Credential, WebauthnError> {
    register(asked, &bytes(&made.client_data), &bytes(&made.attestation_object))
}

fn used(used: &Used, asked: Asked<'_>, kept: &Credential) -> Result<i64, WebauthnError> {
    let (client_data, authenticator_data) = (bytes(&used.client_data), bytes(&used.authenticator_data));
    let signature = bytes(&used.signature);
    let assertion =
        Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    verify(asked, assertion, &kept.public_key, kept.sign_count)
}

#[test]
fn a_passkey_is_made_and_used_and_its_uses_are_counted() {
    let mut passkey = Passkey::new(ORIGIN);
    let kept = registered(&passkey.make(&challenge()), asked()).unwrap();
    assert_eq!((kept.id.as_slice(), kept.sign_count), (passkey.id.as_slice(), 0));
    let first = passkey.sign(&challenge());
    assert_eq!(used(&first, asked(), &kept), Ok(1));
    let kept = Credential { sign_count: 1, ..kept };
    assert_eq!(used(&first, asked(), &kept), Err(WebauthnError::CounterWentBack), "the same answer once more");
    assert_eq!(used(&passkey.sign(&challenge()), asked(), &kept), Ok(2));
}

/// An answer made for another site, another question or another moment opens nothing here.
#[test]
fn what_was_meant_for_elsewhere_is_refused() {
    let mut passkey = Passkey::new(ORIGIN);
    let kept = registered(&passkey.make(&challenge()), asked()).unwrap();
    let other = Asked { challenge: b"another", ..asked() };
    assert_eq!(registered(&passkey.make(&challenge()), other), Err(WebauthnError::OtherChallenge));
    assert_eq!(used(&passkey.sign(&challenge()), other, &kept), Err(WebauthnError::OtherChallenge));
    let phished = Asked { origin: "https://jixue.example.evil", ..asked() };
    assert_eq!(used(&passkey.sign(&challenge()), phished, &kept), Err(WebauthnError::OtherOrigin));
    let party = Asked { rp_id: "example", ..asked() };
    assert_eq!(used(&passkey.sign(&challenge()), party, &kept), Err(WebauthnError::OtherParty));
    let (made, signed) = (passkey.make(&challenge()), passkey.sign(&challenge()));
    let swapped = register(asked(), &bytes(&signed.client_data), &bytes(&made.attestation_object));
    assert_eq!(swapped, Err(WebauthnError::OtherCeremony));
    let mut stranger = Passkey::new(ORIGIN);
    assert_eq!(used(&stranger.sign(&challenge()), asked(), &kept), Err(WebauthnError::WrongSignature));
}

/// A phone that lies unlocked on a desk is not its owner.
#[test]
fn a_person_who_was_not_verified_is_refused() {
    let mut passkey = Passkey::new(ORIGIN);
    let kept = registered(&passkey.make(&challenge()), asked()).unwrap();
    for (flags, expected) in [(0x01, WebauthnError::NotVerified), (0x04, WebauthnError::NotPresent)] {
        passkey.flags = flags;
        assert_eq!(registered(&passkey.make(&challenge()), asked()), Err(expected));
        assert_eq!(used(&passkey.sign(&challenge()), asked(), &kept), Err(expected));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One changed byte anywhere in what is signed, or in the signature, and nothing is believed.
    #[test]
    fn a_changed_byte_is_found(part in 0..3_usize, at in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let mut passkey = Passkey::new(ORIGIN);
        let kept = registered(&passkey.make(&challenge()), asked()).unwrap();
        let signed = passkey.sign(&challenge());
        let mut parts = [bytes(&signed.client_data), bytes(&signed.authenticator_data), bytes(&signed.signature)];
        let index = at.index(parts[part].len());
        parts[part][index] ^= change;
        let [client_data, authenticator_data, signature] = &parts;
        let assertion = Assertion { client_data, authenticator_data, signature };
        prop_assert!(verify(asked(), assertion, &kept.public_key, kept.sign_count).is_err());
    }

    /// Bytes of a stranger: refused, never a panic.
    #[test]
    fn any_bytes_are_answered(client_data in prop::collection::vec(any::<u8>(), 0..80), object in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(register(asked(), &client_data, &object).is_err());
        let assertion = Assertion { client_data: &client_data, authenticator_data: &object, signature: &object };
        prop_assert!(verify(asked(), assertion, &object, 0).is_err());
    }
}
