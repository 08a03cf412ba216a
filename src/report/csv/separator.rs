//! A published table with the other separator. Excel with Vietnamese settings separates lists by
//! `;` and decimals by `,`, so both change together; nothing else does.

/// The cells of a table of ours (RFC 4180) with `;` and decimal commas, or with `,` and decimal
/// points; as it is where it has them already. Which it has, its header tells.
pub fn separated(table: &[u8], semicolons: bool) -> Vec<u8> {
    let head = table.split(|byte| *byte == b'\n').next().unwrap_or(table);
    let from = if head.contains(&b';') { b';' } else { b',' };
    let to = if semicolons { b';' } else { b',' };
    if from == to {
        return table.to_vec();
    }
    let mut out = Vec::with_capacity(table.len() + table.len() / 16);
    let mut shares: Vec<bool> = Vec::new();
    for (line, mut row) in rows(table, from).into_iter().enumerate() {
        if line == 0 {
            shares = row.iter().map(|name| is_share(name)).collect();
        }
        for (at, cell) in row.iter_mut().enumerate() {
            if at > 0 {
                out.push(to);
            }
            if line > 0 && shares.get(at) == Some(&true) {
                swap_point(cell);
            }
            write(&mut out, cell, to);
        }
        out.push(b'\n');
    }
    out
}

/// Columns of shares and their bounds: the only decimals of ours.
fn is_share(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"_then").unwrap_or(name);
    let name = name.strip_suffix(b"_now").unwrap_or(name);
    [&b"share"[..], b"low", b"high"].contains(&name)
}

fn swap_point(cell: &mut [u8]) {
    for byte in cell {
        *byte = match *byte {
            b'.' => b',',
            b',' => b'.',
            other => other,
        };
    }
}

fn rows(table: &[u8], separator: u8) -> Vec<Vec<Vec<u8>>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), Vec::new());
    let mut quoted = false;
    let mut bytes = table.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.next_if_eq(&b'"').is_some() => cell.push(b'"'),
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            byte if byte == separator && !quoted => row.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    rows
}

fn write(out: &mut Vec<u8>, cell: &[u8], separator: u8) {
    let special = |byte: &u8| *byte == separator || matches!(byte, b'"' | b'\r' | b'\n');
    if !cell.iter().any(special) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_goes_there_and_back() {
        let commas = "\u{feff}agency_code,share,low_then,what\nA;1,0.4231,,\"x, \"\"y\"\"\nz\"\n,0.5000,0.4000,1.5\n";
        let semicolons = "\u{feff}agency_code;share;low_then;what\n\"A;1\";0,4231;;\"x, \"\"y\"\"\nz\"\n;0,5000;0,4000;1.5\n";
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(text(separated(commas.as_bytes(), true)), semicolons);
        assert_eq!(text(separated(semicolons.as_bytes(), false)), commas);
        assert_eq!(text(separated(commas.as_bytes(), false)), commas);
        assert_eq!(text(separated(semicolons.as_bytes(), true)), semicolons);
        assert_eq!(separated(b"", true), b"");
    }
}
