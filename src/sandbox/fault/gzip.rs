//! Gzip by hand (RFC 1951, RFC 1952): one stream that is honest and one that explodes.

/// Writes bits from the lowest up, as deflate wants them.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        self.held |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.held.to_le_bytes()[0]);
            self.held >>= 8;
            self.count -= 8;
        }
    }
}

const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// The data in one stored block; the data must be shorter than 64 KiB, or only its head is kept.
pub(super) fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let kept = &data[..usize::from(length)];
    let mut bytes = HEADER.to_vec();
    bytes.push(1);
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(kept);
    bytes.extend(crc32(kept).to_le_bytes());
    bytes.extend(u32::from(length).to_le_bytes());
    bytes
}

/// About 1 MiB that opens to 1 GiB of spaces.
///
/// One block with its own codes: a space, then "258 bytes from one byte back" over and over, which
/// costs two bits each, so four of them are one byte.
pub(super) fn bomb() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(1, 1); // last block
    bits.put(2, 2); // own codes
    bits.put(29, 5); // 286 literal and length codes
    bits.put(0, 5); // 1 distance code
    // 18 code lengths follow, in the order 16 17 18 0 8 7 9 6 10 5 11 4 12 3 13 2 14 1
    bits.put(14, 4);
    let lengths = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2];
    for length in lengths {
        bits.put(length, 3);
    }
    // Codes of lengths: 18 is "0"; 1 is "10" and 2 is "11", written from the first bit on.
    let zeros = |bits: &mut Bits, count: u32| {
        bits.put(0, 1);
        bits.put(count - 11, 7);
    };
    let one = |bits: &mut Bits| bits.put(0b01, 2);
    let two = |bits: &mut Bits| bits.put(0b11, 2);
    zeros(&mut bits, 32);
    two(&mut bits); // the space
    zeros(&mut bits, 138);
    zeros(&mut bits, 85);
    two(&mut bits); // end of block
    zeros(&mut bits, 28);
    one(&mut bits); // length 258
    one(&mut bits); // distance 1
    // Literals: 258 bytes is "0", the space "10", the end "11"; the one distance is "0". So every
    // zero bit from here on is half of another 258 bytes.
    bits.put(0b01, 2);
    bits.put(0, 8 - bits.count);
    let mut bytes = HEADER.to_vec();
    bytes.extend(&bits.bytes);
    bytes.resize(bytes.len() + 1_040_448, 0);
    bytes
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1;
            crc >>= 1;
            if carry == 1 {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}
