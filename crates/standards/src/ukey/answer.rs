//! What a UKey's software answers: a bare signature, or CMS signed data with the certificate in it.
//!
//! Source: RFC 5652, 5.1 (SignedData), 5.3 (SignerInfo), 5.4 (what is signed), 11.2 (message digest).

use super::{Result, UkeyError, verify_signature};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

/// No answer is near this size.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const CONTEXT_0: u8 = 0xA0;
/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// 1.2.840.113549.1.9.4
const MESSAGE_DIGEST: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04];

/// An answer as it was read; nothing of it is believed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedAnswer {
    Bare(Vec<u8>),
    Cms {
        certificates: Vec<Vec<u8>>,
        /// The content, where the answer carries it.
        content: Option<Vec<u8>>,
        /// The signed attributes as they are signed: as a SET.
        attributes: Option<Vec<u8>>,
        signature: Vec<u8>,
    },
}

/// Reads an answer: base64 of a signature or of CMS, or CMS in PEM.
///
/// # Errors
/// When it is neither.
pub fn read_answer(text: &str) -> Result<SignedAnswer> {
    if text.len() > ANSWER_BYTES_MAX {
        return Err(UkeyError::Malformed);
    }
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let letters: String = lines.flat_map(str::chars).filter(|mark| !mark.is_whitespace()).collect();
    let bytes = STANDARD.decode(letters).map_err(|_| UkeyError::Malformed)?;
    if bytes.is_empty() {
        return Err(UkeyError::Malformed);
    }
    // An ECDSA signature is a SEQUENCE too, but one of two numbers.
    match signed_data(&bytes) {
        Some(data) => cms(data).ok_or(UkeyError::Malformed),
        None => Ok(SignedAnswer::Bare(bytes)),
    }
}

impl SignedAnswer {
    /// Certificates that came with it.
    pub fn certificates(&self) -> &[Vec<u8>] {
        match self {
            Self::Bare(_) => &[],
            Self::Cms { certificates, .. } => certificates,
        }
    }

    /// Checks that the key of `certificate` signed `message`.
    ///
    /// # Errors
    /// When it signed something else, or another key did.
    pub fn verify(&self, certificate: &[u8], message: &[u8]) -> Result<()> {
        match self {
            Self::Bare(signature) => verify_signature(certificate, message, signature),
            Self::Cms { content, attributes, signature, .. } => {
                if content.as_deref().is_some_and(|content| content != message) {
                    return Err(UkeyError::WrongSignature);
                }
                let Some(attributes) = attributes else {
                    return verify_signature(certificate, message, signature);
                };
                match told_digest(attributes) {
                    Some(told) if told == digest(&SHA256, message).as_ref() => {}
                    _ => return Err(UkeyError::WrongSignature),
                }
                verify_signature(certificate, attributes, signature)
            }
        }
    }
}

/// Tag, content, whole element; what follows stays in `from`.
fn element<'a>(from: &mut &'a [u8]) -> Option<(u8, &'a [u8], &'a [u8])> {
    let whole = *from;
    let (tag, rest) = whole.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    *from = after;
    Some((*tag, content, &whole[..whole.len() - after.len()]))
}

fn of_kind<'a>(from: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    element(from).filter(|(tag, ..)| *tag == kind).map(|(_, content, _)| content)
}

/// The content of the next element, when it is of this kind; else nothing is taken.
fn optional<'a>(from: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    if from.first() == Some(&kind) { of_kind(from, kind) } else { None }
}

fn signed_data(mut bytes: &[u8]) -> Option<&[u8]> {
    let mut info = of_kind(&mut bytes, SEQUENCE)?;
    (of_kind(&mut info, OBJECT_IDENTIFIER)? == SIGNED_DATA).then_some(())?;
    let mut explicit = of_kind(&mut info, CONTEXT_0)?;
    of_kind(&mut explicit, SEQUENCE)
}

fn cms(mut data: &[u8]) -> Option<SignedAnswer> {
    element(&mut data)?; // version
    of_kind(&mut data, SET)?; // digest algorithms
    let mut encapsulated = of_kind(&mut data, SEQUENCE)?;
    of_kind(&mut encapsulated, OBJECT_IDENTIFIER)?;
    let content = match optional(&mut encapsulated, CONTEXT_0) {
        Some(mut explicit) => Some(of_kind(&mut explicit, OCTET_STRING)?.to_vec()),
        None => None,
    };
    let mut certificates = Vec::new();
    if let Some(mut bag) = optional(&mut data, CONTEXT_0) {
        while !bag.is_empty() && certificates.len() < super::CERTIFICATES_MAX {
            certificates.push(element(&mut bag)?.2.to_vec());
        }
    }
    optional(&mut data, 0xA1); // lists of revoked certificates: only ours count
    let mut signers = of_kind(&mut data, SET)?;
    let mut signer = of_kind(&mut signers, SEQUENCE)?;
    // With two signers nobody knows which one answers.
    signers.is_empty().then_some(())?;
    element(&mut signer)?; // version
    element(&mut signer)?; // who signed: believed by the key alone
    of_kind(&mut signer, SEQUENCE)?; // digest algorithm
    let attributes = match signer.first() {
        Some(&CONTEXT_0) => {
            let (_, _, whole) = element(&mut signer)?;
            // 5.4: signed as a SET OF, whatever tag it travels under.
            Some([&[SET][..], &whole[1..]].concat())
        }
        _ => None,
    };
    of_kind(&mut signer, SEQUENCE)?; // signature algorithm
    let signature = of_kind(&mut signer, OCTET_STRING)?.to_vec();
    Some(SignedAnswer::Cms { certificates, content, attributes, signature })
}

/// The digest that the signed attributes tell, once.
fn told_digest(attributes: &[u8]) -> Option<Vec<u8>> {
    let mut from = attributes;
    let mut set = of_kind(&mut from, SET)?;
    let mut told = Vec::new();
    while !set.is_empty() {
        let mut attribute = of_kind(&mut set, SEQUENCE)?;
        if of_kind(&mut attribute, OBJECT_IDENTIFIER)? == MESSAGE_DIGEST {
            let mut values = of_kind(&mut attribute, SET)?;
            told.push(of_kind(&mut values, OCTET_STRING)?.to_vec());
        }
    }
    if told.len() == 1 { told.pop() } else { None }
}
