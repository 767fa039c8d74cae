//! Signatures as poppler with NSS and OpenSSL judge them.

use jixue_standards::authority::Authority;
use jixue_standards::certificate_pdf::{Fonts, render};
use jixue_standards::pades::{SignError, Signer, sign, signed_digest};

use crate::samples::{authority, signature_metadata, signer, yearly};
use crate::tools::{Folder, ask, tell};

const SIGNED_AT: &str = "2026-12-01T01:30:00Z";

fn unsigned() -> Vec<u8> {
    render(&yearly(14), &Fonts::embedded().unwrap()).unwrap()
}

fn signed(authority: &Authority) -> Vec<u8> {
    sign(&unsigned(), &signer(authority), SIGNED_AT.parse().unwrap(), &signature_metadata()).unwrap()
}

/// What pdfsig says of `pdf` when it trusts `ca_pem`.
fn verdict(folder: &Folder, ca_pem: &str, pdf: &[u8]) -> String {
    let store = folder.path().join("nss");
    let store = store.to_str().unwrap();
    if std::fs::create_dir(store).is_ok() {
        let ca = folder.write("ca.pem", ca_pem);
        tell("certutil", &["-N", "-d", &format!("sql:{store}"), "--empty-password"]);
        tell("certutil", &["-A", "-d", &format!("sql:{store}"), "-n", "ca", "-t", "CT,C,C", "-i", &ca]);
    }
    let file = folder.write("signed.pdf", pdf);
    ask("pdfsig", &["-nssdir", store, &file]).text
}

#[test]
fn a_reader_that_trusts_the_authority_finds_the_whole_file_signed() {
    let folder = Folder::new("valid");
    let authority = authority();
    let pdf = signed(&authority);
    let verdict = verdict(&folder, &authority.ca_pem, &pdf);
    for line in [
        "Signature is Valid.",
        "Certificate is Trusted.",
        "Total document signed",
        "ETSI.CAdES.detached",
        "SHA-256",
        "郴州市继续教育证书签发（演示）",
    ] {
        assert!(verdict.contains(line), "{line} is not in {verdict}");
    }
    let file = folder.write("again.pdf", &pdf);
    assert!(tell("qpdf", &["--check", &file]).contains("No syntax or stream encoding errors"));
}

/// The file that was signed must still be there, byte for byte: a revision adds and changes nothing before it.
#[test]
fn signing_appends_and_leaves_the_drawn_page_alone() {
    let (plain, signed) = (unsigned(), signed(&authority()));
    assert!(signed.starts_with(&plain));
    assert!(signed.len() - plain.len() < 8_192);
    let folder = Folder::new("page");
    let picture = |name: &str, pdf: &[u8]| {
        let file = folder.write(&format!("{name}.pdf"), pdf);
        let target = folder.path().join(name);
        tell("pdftoppm", &["-r", "60", "-png", "-singlefile", &file, target.to_str().unwrap()]);
        std::fs::read(target.with_extension("png")).unwrap()
    };
    assert_eq!(picture("plain", &plain), picture("signed", &signed));
}

/// One bit in a name or a number is a forgery.
#[test]
fn one_flipped_bit_is_found() {
    let folder = Folder::new("flip");
    let authority = authority();
    let pdf = signed(&authority);
    let number = pdf.windows(7).position(|window| window == b"CZ-2026").unwrap();
    for at in [number, pdf.len() - 8_000] {
        let mut forged = pdf.clone();
        forged[at] ^= 1;
        let verdict = verdict(&folder, &authority.ca_pem, &forged);
        assert!(verdict.contains("Digest Mismatch"), "byte {at}: {verdict}");
    }
}

#[test]
fn what_is_appended_later_is_not_covered() {
    let folder = Folder::new("append");
    let authority = authority();
    let mut pdf = signed(&authority);
    pdf.extend_from_slice(b"\n% one more line\n%%EOF\n");
    let verdict = verdict(&folder, &authority.ca_pem, &pdf);
    assert!(verdict.contains("Not total document signed"), "{verdict}");
}

#[test]
fn a_stranger_is_not_trusted() {
    let folder = Folder::new("stranger");
    let verdict = verdict(&folder, &authority().ca_pem, &signed(&authority()));
    assert!(verdict.contains("Signature is Valid."), "{verdict}");
    assert!(!verdict.contains("Certificate is Trusted."), "{verdict}");
}

/// OpenSSL reads the CMS by other code than NSS, and checks that the signing certificate is the one named inside.
#[test]
fn openssl_accepts_the_signature_at_level_cades() {
    let folder = Folder::new("openssl");
    let authority = authority();
    let pdf = signed(&authority);
    let text = String::from_utf8_lossy(&pdf);
    let range = text.split("/ByteRange[").nth(1).unwrap().split(']').next().unwrap();
    let range: Vec<usize> = range.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let gap = &pdf[range[1] + 1..range[2] - 1];
    let bytes: Vec<u8> =
        gap.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect();
    let covered = [&pdf[..range[1]], &pdf[range[2]..range[2] + range[3]]].concat();
    assert_eq!(range[2] + range[3], pdf.len());

    // The DER says itself where it ends; the rest of the place is zero.
    let length = 4 + usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    assert_eq!(bytes[..2], [0x30, 0x82]);
    assert!(bytes[length..].iter().all(|&byte| byte == 0));
    let (signature, content) = (folder.write("cms.der", &bytes[..length]), folder.write("content", covered));
    let ca = folder.write("ca.pem", &authority.ca_pem);
    let arguments = ["cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-out", "/dev/null"];
    let arguments = [&arguments[..], &["-in", &signature, "-content", &content, "-CAfile", &ca]].concat();
    let answer = tell("openssl", &arguments);
    assert!(answer.contains("successful"), "{answer}");
}

#[test]
fn the_signers_certificate_may_only_sign() {
    let folder = Folder::new("usage");
    let authority = authority();
    let own = folder.write("own.pem", &authority.signer_chain_pem);
    let text = tell("openssl", &["x509", "-in", &own, "-noout", "-text"]);
    assert!(text.contains("Digital Signature, Non Repudiation"), "{text}");
    assert!(text.contains("CA:FALSE"), "{text}");
    let ca = folder.write("ca.pem", &authority.ca_pem);
    assert!(tell("openssl", &["verify", "-CAfile", &ca, &own]).contains("OK"));
}

/// A reader rejects what was signed after the certificate ended; so does the signer, before it is sent out.
#[test]
fn nothing_is_signed_outside_the_certificates_time() {
    let authority = authority();
    for at in ["2024-12-31T23:59:59Z", "2045-01-01T00:00:01Z", "1969-12-31T00:00:00Z"] {
        let refused = sign(&unsigned(), &signer(&authority), at.parse().unwrap(), &signature_metadata());
        assert_eq!(refused.err(), Some(SignError::OutsideValidity), "{at}");
    }
}

#[test]
fn a_signed_file_is_not_signed_again() {
    let authority = authority();
    let pdf = signed(&authority);
    let again = sign(&pdf, &signer(&authority), SIGNED_AT.parse().unwrap(), &signature_metadata());
    assert_eq!(again.err(), Some(SignError::UnsupportedPdf("one revision")));
}

/// A seal service that answers with more than the room kept must not write over the file behind it.
#[test]
fn an_answer_larger_than_its_room_is_refused() {
    struct Talkative(Vec<Vec<u8>>);
    impl Signer for Talkative {
        fn certificate_chain_der(&self) -> &[Vec<u8>] {
            &self.0
        }
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
            Ok(vec![0; 4_096])
        }
    }
    let chain = signer(&authority()).certificate_chain_der().to_vec();
    let refused = sign(&unsigned(), &Talkative(chain), SIGNED_AT.parse().unwrap(), &signature_metadata());
    assert!(matches!(refused, Err(SignError::SignatureTooLarge { .. })));
}

#[test]
fn a_file_is_known_by_the_digest_of_all_its_bytes() {
    let folder = Folder::new("digest");
    let pdf = signed(&authority());
    let hexadecimal: String = signed_digest(&pdf).iter().map(|byte| format!("{byte:02x}")).collect();
    let file = folder.write("signed.pdf", &pdf);
    assert!(tell("sha256sum", &[&file]).starts_with(&hexadecimal));
}
