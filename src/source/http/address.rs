//! Which addresses may be called. https anywhere but to link-local and other special addresses (the
//! one-stop systems of the state live in private networks, so private ranges are allowed behind a
//! checked certificate); http to this machine only, and only when the configuration says so. The
//! rule is applied twice: to the configured text, and to every address that a name resolves to at
//! the moment of connecting, so a name cannot change its meaning in between.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use thiserror::Error;

use super::Url;

/// Where a provider is reached: what stands before the documented path.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    loopback: bool,
}

/// Why an address may not be called. The texts never quote the address: it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// No URL.
    #[error("not a URL of the form https://host/path")]
    NotAUrl,
    /// Neither https nor http.
    #[error("only https:// is allowed")]
    Scheme,
    /// `user@host`.
    #[error("a user name or password must not stand in a URL")]
    Credentials,
    /// `?query` or `#fragment`.
    #[error("a query or fragment must not stand in base_url")]
    Query,
    /// This machine without the setting.
    #[error("an address of this machine needs allow_loopback = true")]
    Loopback,
    /// http to another machine.
    #[error("plain http is allowed to this machine only (127.0.0.1, ::1, localhost)")]
    PlainHttp,
    /// 169.254/16, fe80::/10 and other addresses that are no provider's.
    #[error("a link-local, unspecified, multicast or broadcast address is no provider's")]
    Special,
}

impl BaseUrl {
    /// Reads and judges a configured address.
    pub fn parse(raw: &str, allow_loopback: bool) -> Result<Self, AddressFault> {
        if raw
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '\\')
        {
            return Err(AddressFault::NotAUrl);
        }
        let url = Url::parse(raw).map_err(|_| AddressFault::NotAUrl)?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressFault::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() || raw.contains('@') {
            return Err(AddressFault::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressFault::Query);
        }
        let host = url
            .host_str()
            .unwrap_or_default()
            .trim_end_matches('.')
            .to_owned();
        let loopback = match host_ip(&host) {
            Some(ip) => {
                judge(ip, allow_loopback)?;
                is_loopback(ip)
            }
            None if host.is_empty() => return Err(AddressFault::NotAUrl),
            None => host == "localhost" || host.ends_with(".localhost"),
        };
        match (loopback, https) {
            (true, _) if !allow_loopback => Err(AddressFault::Loopback),
            (false, false) => Err(AddressFault::PlainHttp),
            _ => Ok(Self { url, loopback }),
        }
    }

    /// The address itself.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Its host and port, for messages: a path may hold a token.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map(|port| format!(":{port}"));
        format!("{host}{}", port.unwrap_or_default())
    }

    /// The address of a documented path, which starts with `/`.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let joined = format!("{}{path}", self.url.path().trim_end_matches('/'));
        url.set_path(&joined);
        url
    }

    /// The path and query of a link that lies below this address; none for any other. The link may
    /// be relative to `page`, the path that brought it.
    pub fn below(&self, page: &str, link: &str) -> Option<(String, Vec<(String, String)>)> {
        let url = self.join(page).join(link).ok()?;
        let credentials = !url.username().is_empty() || url.password().is_some();
        if url.origin() != self.url.origin() || credentials {
            return None;
        }
        let prefix = self.url.path().trim_end_matches('/');
        let path = url.path().strip_prefix(prefix)?;
        let query = url.query_pairs().into_owned().collect();
        path.starts_with('/').then(|| (path.to_owned(), query))
    }

    /// True for this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// True for plain http.
    pub fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Judges a host that is written as an address; of a name nothing can be said before it is
/// resolved.
pub fn judge_host(host: &str) -> Result<(), AddressFault> {
    host_ip(host).map_or(Ok(()), |ip| judge(ip, true))
}

/// Resolves a host and judges every address; connect to what comes back, not to the name again.
/// `None` when the name cannot be resolved.
pub async fn resolve(
    host: &str,
    port: u16,
    allow_loopback: bool,
) -> Result<Vec<SocketAddr>, Option<AddressFault>> {
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found.map_err(|_| None)?.collect();
    for address in &found {
        judge(address.ip(), allow_loopback)?;
    }
    if found.is_empty() {
        Err(None)
    } else {
        Ok(found)
    }
}

/// Judges one address: `Err` when it may never be called, or is this machine without the setting.
pub(super) fn judge(ip: IpAddr, loopback_allowed: bool) -> Result<(), AddressFault> {
    if is_special(ip) {
        return Err(AddressFault::Special);
    }
    if is_loopback(ip) && !loopback_allowed {
        return Err(AddressFault::Loopback);
    }
    Ok(())
}

/// This machine, also written as an IPv4 address inside IPv6.
pub(super) fn is_loopback(ip: IpAddr) -> bool {
    unmapped(ip).is_loopback()
}

fn is_special(ip: IpAddr) -> bool {
    match unmapped(ip) {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

/// Metadata services of clouds outside of the link-local range.
const METADATA_V4: [Ipv4Addr; 2] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
];

fn special_v4(ip: Ipv4Addr) -> bool {
    let head = ip.octets()[0];
    let is_metadata = METADATA_V4.contains(&ip);
    is_metadata || head == 0 || ip.is_link_local() || ip.is_multicast() || head >= 240
}

/// The IPv4 address in two parts of an IPv6 address.
fn carried(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// No address of anybody else: special, or this machine.
fn leads_astray(ip: Ipv4Addr) -> bool {
    special_v4(ip) || ip.is_loopback()
}

fn special_v6(ip: Ipv6Addr) -> bool {
    let head = ip.segments();
    let carries_v4 =
        head[..6] == [0x64, 0xff9b, 0, 0, 0, 0] || (head[..6] == [0; 6] && head[6] != 0);
    // 6to4 (RFC 3056) and Teredo (RFC 4380) lead to the IPv4 address that they carry
    let (is_6to4, is_teredo) = (head[0] == 0x2002, head[..2] == [0x2001, 0]);
    ip.is_unspecified()
        || ip.is_multicast()
        || head[0] & 0xffc0 == 0xfe80
        || head[..2] == [0xfd00, 0xec2]
        || (carries_v4 && leads_astray(carried(head[6], head[7])))
        || (is_6to4 && leads_astray(carried(head[1], head[2])))
        || (is_teredo && leads_astray(carried(!head[6], !head[7])))
}

fn unmapped(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

fn host_ip(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(host)
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_before_a_packet_leaves() {
        use AddressFault::{Credentials, Loopback, NotAUrl, PlainHttp, Query, Scheme, Special};
        let table: &[(&str, bool, Result<(), AddressFault>)] = &[
            ("https://my.sepay.vn", false, Ok(())),
            ("https://oauth.casso.vn/prefix/", false, Ok(())),
            ("https://192.168.10.20:8443", false, Ok(())),
            ("https://10.0.0.5", false, Ok(())),
            ("https://[2001:db8::1]/", false, Ok(())),
            ("http://127.0.0.1:9001", true, Ok(())),
            ("http://localhost:9001/userapi", true, Ok(())),
            ("http://[::1]:9001", true, Ok(())),
            ("https://127.0.0.1:9001", true, Ok(())),
            ("http://127.1:9001", true, Ok(())),
            ("http://127.0.0.1:9001", false, Err(Loopback)),
            ("https://127.0.0.1:9001", false, Err(Loopback)),
            ("http://localhost:9001", false, Err(Loopback)),
            ("https://localhost.", false, Err(Loopback)),
            ("https://api.localhost", false, Err(Loopback)),
            ("https://[::1]", false, Err(Loopback)),
            ("https://[::ffff:127.0.0.1]", false, Err(Loopback)),
            ("https://0x7f.1", false, Err(Loopback)),
            ("https://2130706433", false, Err(Loopback)),
            ("https://0177.0.0.1", false, Err(Loopback)),
            ("https://127.1", false, Err(Loopback)),
            ("http://my.sepay.vn", false, Err(PlainHttp)),
            ("http://my.sepay.vn", true, Err(PlainHttp)),
            ("http://10.0.0.5", true, Err(PlainHttp)),
            ("http://192.168.1.1", true, Err(PlainHttp)),
            ("http://127.0.0.1.example.vn", true, Err(PlainHttp)),
            ("http://localhost.example.vn", true, Err(PlainHttp)),
            ("http://169.254.169.254/latest/", true, Err(Special)),
            ("https://169.254.169.254", false, Err(Special)),
            ("https://[::ffff:169.254.169.254]", false, Err(Special)),
            ("https://[64:ff9b::169.254.169.254]", false, Err(Special)),
            ("https://[::127.0.0.1]", true, Err(Special)),
            ("https://2852039166", false, Err(Special)),
            ("https://[fe80::1]", false, Err(Special)),
            ("https://[fd00:ec2::254]", false, Err(Special)),
            ("https://0.0.0.0", true, Err(Special)),
            ("https://[::]", true, Err(Special)),
            ("https://224.0.0.1", false, Err(Special)),
            ("https://255.255.255.255", false, Err(Special)),
            ("https://user@my.sepay.vn", false, Err(Credentials)),
            ("https://user:pass@my.sepay.vn", false, Err(Credentials)),
            ("https://my.sepay.vn@evil.example", false, Err(Credentials)),
            ("https://@my.sepay.vn", false, Err(Credentials)),
            ("https://my.sepay.vn?token=x", false, Err(Query)),
            ("https://my.sepay.vn/#x", false, Err(Query)),
            ("file:///etc/hostname", true, Err(Scheme)),
            ("gopher://127.0.0.1", true, Err(Scheme)),
            ("ftp://my.sepay.vn", false, Err(Scheme)),
            ("javascript:alert(1)", false, Err(Scheme)),
            ("my.sepay.vn", false, Err(NotAUrl)),
            ("", false, Err(NotAUrl)),
            ("https://", false, Err(NotAUrl)),
            ("https://a b.vn", false, Err(NotAUrl)),
            ("https:\\\\my.sepay.vn", false, Err(NotAUrl)),
            (" https://my.sepay.vn", false, Err(NotAUrl)),
        ];
        for (raw, allow, expected) in table {
            let found = BaseUrl::parse(raw, *allow).map(|_| ());
            assert_eq!(found, *expected, "{raw} allow_loopback={allow}");
        }
    }

    #[test]
    fn metadata_services_and_carried_addresses_are_judged_too() {
        let table = [
            ("https://100.100.100.200/", false),
            ("https://168.63.129.16/", false),
            ("https://100.100.100.201/", true),
            ("https://[2002:a9fe:a9fe::]/", false),
            ("https://[2002:7f00:1::1]/", false),
            ("https://[2002:c000:204::1]/", true),
            ("https://[2001:0:808:808:0:0:5601:5601]/", false),
            ("https://[2001:0:808:808:0:0:3fff:fdd2]/", true),
        ];
        for (raw, may) in table {
            let wanted = may.then_some(()).ok_or(AddressFault::Special);
            assert_eq!(BaseUrl::parse(raw, true).map(|_| ()), wanted, "{raw}");
        }
    }

    #[test]
    fn a_path_in_the_base_is_a_prefix() {
        let check = |base: &str, path: &str, full: &str| {
            assert_eq!(
                BaseUrl::parse(base, false).unwrap().join(path).as_str(),
                full
            );
        };
        check(
            "https://my.sepay.vn",
            "/userapi/x",
            "https://my.sepay.vn/userapi/x",
        );
        check(
            "https://my.sepay.vn/",
            "/userapi/x",
            "https://my.sepay.vn/userapi/x",
        );
        check(
            "https://gw.vn/sepay/",
            "/userapi/x",
            "https://gw.vn/sepay/userapi/x",
        );
    }

    #[test]
    fn a_link_leads_below_the_base_or_nowhere() {
        let base = BaseUrl::parse("https://gw.vn/api", false).unwrap();
        let check = |link: &str, expected: Option<&str>| {
            let found = base.below("/v1/items", link);
            let path = found.as_ref().map(|(path, _)| path.as_str());
            assert_eq!(path, expected, "{link}");
        };
        check("https://gw.vn/api/v1/items?page=2", Some("/v1/items"));
        check("/api/v1/items?page=2", Some("/v1/items"));
        check("?page=2", Some("/v1/items"));
        check("https://gw.vn:443/api/x", Some("/x"));
        for bad in [
            "https://evil.vn/api/v1/items",
            "http://gw.vn/api/v1/items",
            "https://gw.vn:8443/api/v1/items",
            "https://gw.vn/apix/items",
            "https://gw.vn/api/../admin",
            "https://user:pass@gw.vn/api/x",
            "//evil.vn/api/x",
            "file:///etc/hostname",
        ] {
            check(bad, None);
        }
        let query = base.below("/v1/items", "?page=2&q=a%20b").unwrap().1;
        assert_eq!(
            query,
            [
                ("page".to_owned(), "2".to_owned()),
                ("q".to_owned(), "a b".to_owned())
            ]
        );
    }

    #[test]
    fn what_a_name_resolves_to_is_judged_too() {
        let judged = |ip: &str| judge(ip.parse().unwrap(), false);
        assert_eq!(judged("203.0.113.9"), Ok(()));
        assert_eq!(judged("127.0.0.2"), Err(AddressFault::Loopback));
        assert_eq!(judged("169.254.169.254"), Err(AddressFault::Special));
        assert_eq!(judged("::ffff:169.254.0.1"), Err(AddressFault::Special));
    }
}
