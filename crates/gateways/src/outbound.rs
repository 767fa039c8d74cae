//! The guard of outgoing calls to addresses that no operator typed: another side named them, and it may be wicked or
//! deceived. Over TLS, to the open Internet only; a name is resolved here, checked, and connected to as resolved, so that
//! no second answer of a name server leads elsewhere. Redirects are not followed.
//!
//! Source: RFC 6890 and the IANA registries of special-purpose addresses; OWASP, Server-Side Request Forgery Prevention.

use crate::connection;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// How far calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The open Internet.
    Internet,
    /// That, and private networks: said by the operator for a provider of the bureau's own.
    PrivateNetworks,
    /// This machine and nothing else, in the clear too: for providers that run beside this program.
    ThisMachine,
}

/// Why an address is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    #[error("not an address over TLS, without a name or password in it")]
    Address,
    #[error("the name has no address")]
    Name,
    #[error("an address that is not of the open Internet")]
    Network,
}

/// Finds the addresses of a name.
pub type Lookup = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send>> + Send + Sync>;

/// An HTTP client that goes no further than its reach.
#[derive(Clone)]
pub struct Outbound {
    reach: Reach,
    lookup: Lookup,
    client: reqwest::Client,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("reach", &self.reach).finish_non_exhaustive()
    }
}

struct Guard {
    reach: Reach,
    lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, found) = (self.reach, (self.lookup)(name.as_str().to_owned()));
        Box::pin(async move {
            let addresses = all_within(reach, found.await)?;
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// One address too many spoils them all: whoever mixes them hopes that we try the wrong one.
fn all_within(reach: Reach, addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, Unreachable> {
    match addresses.iter().all(|address| reach.holds(*address)) {
        _ if addresses.is_empty() => Err(Unreachable::Name),
        true => Ok(addresses),
        false => Err(Unreachable::Network),
    }
}

impl Outbound {
    /// A client that asks this machine's resolver.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let lookup: Lookup = Arc::new(|name| {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name.as_str(), 0)).await;
                found.map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
            })
        });
        Self::with_lookup(reach, lookup)
    }

    /// The same with another resolver.
    ///
    /// # Errors
    /// When the TLS roots of this machine cannot be read.
    pub fn with_lookup(reach: Reach, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let guard = Guard { reach, lookup: lookup.clone() };
        let client = connection::builder().https_only(reach != Reach::ThisMachine).dns_resolver(Arc::new(guard));
        Ok(Self { reach, lookup, client: client.build()? })
    }

    /// What can be said of an address before its name is resolved. Addresses that stand in it as numbers are connected to
    /// without asking a resolver: they are checked here.
    fn parse(&self, address: &str) -> Result<(Url, Option<IpAddr>), Unreachable> {
        let url = Url::parse(address).map_err(|_| Unreachable::Address)?;
        let has_scheme = url.scheme() == "https" || (url.scheme() == "http" && self.reach == Reach::ThisMachine);
        if !has_scheme || !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(Unreachable::Address);
        }
        let host = url.host_str().ok_or(Unreachable::Address)?;
        let number = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        match number {
            Some(number) if !self.reach.holds(number) => Err(Unreachable::Network),
            number => Ok((url, number)),
        }
    }

    /// Whether an address lies within reach, its name resolved.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn check(&self, address: &str) -> Result<(), Unreachable> {
        let (url, number) = self.parse(address)?;
        match (number, url.host_str()) {
            (Some(_), _) => Ok(()),
            (None, Some(name)) => all_within(self.reach, (self.lookup)(name.to_owned()).await).map(drop),
            (None, None) => Err(Unreachable::Address),
        }
    }

    /// A request that may be sent: its name is resolved and checked when it connects.
    ///
    /// # Errors
    /// [`Unreachable`] when the address itself is unfit.
    pub fn get(&self, address: &str) -> Result<reqwest::RequestBuilder, Unreachable> {
        self.parse(address).map(|(url, _)| self.client.get(url))
    }

    /// The same, to post.
    ///
    /// # Errors
    /// [`Unreachable`] when the address itself is unfit.
    pub fn post(&self, address: &str) -> Result<reqwest::RequestBuilder, Unreachable> {
        self.parse(address).map(|(url, _)| self.client.post(url))
    }
}

impl Reach {
    /// Whether a network address may be connected to.
    fn holds(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Internet => is_open(address),
            Self::PrivateNetworks => is_open(address) || is_private(address),
            Self::ThisMachine => address.is_loopback(),
        }
    }
}

/// Of an organisation's own networks: RFC 1918, RFC 6598 (behind carriers), RFC 4193.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private() || within_v4(address, [100, 64, 0, 0], 10),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// Blocks of IPv4 that nobody on the open Internet has.
const SPECIAL_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Blocks of the open IPv6 space that lead elsewhere, or nowhere: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: [([u16; 2], u32); 4] =
    [([0x2001, 0], 23), ([0x2001, 0xdb8], 32), ([0x2002, 0], 16), ([0x3fff, 0], 20)];

fn within_v4(address: Ipv4Addr, block: [u8; 4], bits: u32) -> bool {
    (address.to_bits() ^ Ipv4Addr::from(block).to_bits()) >> (32 - bits) == 0
}

fn within_v6(address: Ipv6Addr, [first, second]: [u16; 2], bits: u32) -> bool {
    let block = Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0);
    (address.to_bits() ^ block.to_bits()) >> (128 - bits) == 0
}

/// Whether an address belongs to somebody on the open Internet. Of IPv6 only what is given out as such (2000::/3): so
/// neither loopback, link-local, unique local, multicast nor any address with one of IPv4 inside.
fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|(block, bits)| within_v4(address, *block, *bits)),
        IpAddr::V6(address) => {
            within_v6(address, [0x2000, 0], 3)
                && !SPECIAL_V6.iter().any(|(block, bits)| within_v6(address, *block, *bits))
        }
    }
}

#[cfg(test)]
mod tests;
