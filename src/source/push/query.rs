//! The pairs of a query. Pure.

/// The pairs of a query, decoded; none where it is no UTF-8.
pub(super) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let query = query.trim().trim_start_matches('?');
    let parts = query.split('&').filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(key)?, decoded(value)?))
    };
    parts.map(pair).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let code = [rest.next()?, rest.next()?];
                let code = str::from_utf8(&code).ok()?;
                bytes.push(u8::from_str_radix(code, 16).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = pairs("?a=L%E1%BB%87+ph%C3%AD&b=x%3A1&c=").unwrap();
        assert_eq!(pairs[0].1, "Lệ phí");
        assert_eq!((&*pairs[1].1, &*pairs[2].1), ("x:1", ""));
        for bad in ["a=%4", "a=%zz", "a=%FF"] {
            assert_eq!(super::pairs(bad), None, "{bad}");
        }
    }
}
