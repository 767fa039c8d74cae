//! The guard against everything that would lead it inside.

use super::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A resolver that gives its answers one after the other, the last one for ever.
fn answering(answers: Vec<Vec<&'static str>>) -> (Lookup, Arc<AtomicUsize>) {
    let (asked, answers) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(answers)));
    let count = asked.clone();
    let lookup: Lookup = Arc::new(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        let mut answers = answers.lock().unwrap();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        Box::pin(async move { answer.into_iter().map(|address| address.parse().unwrap()).collect() })
    });
    (lookup, asked)
}

fn guard(reach: Reach, answer: Vec<&'static str>) -> Outbound {
    Outbound::with_lookup(reach, answering(vec![answer]).0).unwrap()
}

/// A listener on this machine and how often it was connected to.
async fn listener() -> (u16, Arc<AtomicUsize>) {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, seen) = (socket.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = seen.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = socket.accept().await {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            count.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    (port, seen)
}

/// Everything that leads to this machine, to its neighbours, or to no one in particular.
const INSIDE: [&str; 34] = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "192.0.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "100::1",
    "2001:db8::1",
];
const OPEN: [&str; 8] = [
    "1.1.1.1",
    "9.255.255.255",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "223.255.255.255",
    "2400:3200::1",
];

#[tokio::test]
async fn attack_case_19_ssrf_only_the_open_internet_is_within_reach() {
    for address in INSIDE {
        let host = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
        let (by_number, by_name) = (format!("https://{host}/token"), "https://id.example/token");
        let guard = guard(Reach::Internet, vec![address]);
        assert_eq!(guard.check(&by_number).await, Err(Unreachable::Network), "{address}");
        assert!(guard.get(&by_number).is_err() && guard.post(&by_number).is_err(), "{address}");
        assert_eq!(guard.check(by_name).await, Err(Unreachable::Network), "a name for {address}");
    }
    for address in OPEN {
        let guard = guard(Reach::Internet, vec![address]);
        assert_eq!(guard.check("https://id.example/token").await, Ok(()), "{address}");
    }
}

/// Other spellings of 127.0.0.1 are 127.0.0.1.
#[tokio::test]
async fn attack_case_19_ssrf_spellings_hide_nothing() {
    let guard = guard(Reach::Internet, vec!["1.1.1.1"]);
    for spelled in ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "１２７.0.0.1", "[::ffff:7f00:1]"] {
        let answer = guard.check(&format!("https://{spelled}/")).await;
        assert_eq!(answer, Err(Unreachable::Network), "{spelled}");
    }
    for unfit in ["http://id.example/", "ftp://id.example/", "file:///etc/passwd", "https://a:b@id.example/", "id", ""]
    {
        assert_eq!(guard.check(unfit).await, Err(Unreachable::Address), "{unfit}");
    }
}

/// A name that has a good address when it is looked at and this machine's when it is called (rebinding), or both at once.
#[tokio::test]
async fn attack_case_19_ssrf_a_name_that_turns_inside_is_not_connected_to() {
    let (port, seen) = listener().await;
    let address = format!("https://rebound.example:{port}/");
    let (lookup, asked) = answering(vec![vec!["1.1.1.1"], vec!["127.0.0.1"]]);
    let guard = Outbound::with_lookup(Reach::Internet, lookup).unwrap();
    assert_eq!(guard.check(&address).await, Ok(()), "the first answer is good");
    assert!(guard.get(&address).unwrap().send().await.unwrap_err().is_connect());
    assert_eq!(asked.load(Ordering::SeqCst), 2, "what was checked is what would have been connected to");
    let (lookup, _) = answering(vec![vec!["1.1.1.1", "127.0.0.1"]]);
    let mixed = Outbound::with_lookup(Reach::Internet, lookup).unwrap();
    assert_eq!(mixed.check(&address).await, Err(Unreachable::Network));
    assert!(mixed.get(&address).unwrap().send().await.unwrap_err().is_connect());
    assert_eq!(seen.load(Ordering::SeqCst), 0, "nobody knocked");
}

/// A provider beside this program is reached in the clear, and from there nothing leads on.
#[tokio::test]
async fn attack_case_19_ssrf_redirects_are_refused_and_a_local_provider_leads_nowhere_else() {
    let (port, seen) = listener().await;
    let near = Outbound::new(Reach::ThisMachine).unwrap();
    let answer = near.get(&format!("http://localhost:{port}/")).unwrap().send().await.unwrap();
    assert_eq!((answer.status().as_u16(), seen.load(Ordering::SeqCst)), (302, 1), "not followed");
    for elsewhere in ["http://10.0.0.1/", "https://169.254.169.254/", "https://1.1.1.1/"] {
        assert_eq!(near.check(elsewhere).await, Err(Unreachable::Network), "{elsewhere}");
    }
}

/// The operator's word opens the organisation's own networks, and no more.
#[tokio::test]
async fn private_networks_are_reached_only_where_the_operator_says_so() {
    for private in ["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fd12:3456::1", "::ffff:10.0.0.1"] {
        let guard = guard(Reach::PrivateNetworks, vec![private]);
        assert_eq!(guard.check("https://id.intranet/").await, Ok(()), "{private}");
        assert_eq!(guard.check("http://id.intranet/").await, Err(Unreachable::Address), "over TLS all the same");
    }
    for never in ["127.0.0.1", "169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1", "::1"] {
        let guard = guard(Reach::PrivateNetworks, vec![never]);
        assert_eq!(guard.check("https://id.intranet/").await, Err(Unreachable::Network), "{never}");
    }
    let nobody = guard(Reach::Internet, vec![]);
    assert_eq!(nobody.check("https://id.example/").await, Err(Unreachable::Name));
}
