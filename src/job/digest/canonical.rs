//! The canonical bytes of a value: its fields in the order of declaration, numbers in
//! little-endian bytes, texts behind their length, choices by name. Streamed into the hash:
//! nothing is held twice.
//!
//! No two values of one type have the same bytes, and no name of a field is written, so a digest
//! costs little more than the texts that it covers.

use std::fmt;

use serde::ser::{self, Serialize};
use sha2::{Digest, Sha256};

/// Bytes that are gathered before the hash sees them.
const BATCH: usize = 16 << 10;

/// Takes a value in and gives a digest out.
pub(super) struct Canonical {
    batch: Vec<u8>,
    hash: Sha256,
}

impl Canonical {
    /// Nothing hashed yet.
    pub(super) fn new() -> Self {
        Self {
            batch: Vec::with_capacity(2 * BATCH),
            hash: Sha256::new(),
        }
    }

    /// 64 hex over everything taken in.
    pub(super) fn finish(mut self) -> String {
        self.hash.update(&self.batch);
        hex::encode(self.hash.finalize())
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.batch.extend_from_slice(bytes);
        if self.batch.len() >= BATCH {
            self.flush();
        }
    }

    #[cold]
    fn flush(&mut self) {
        self.hash.update(&self.batch);
        self.batch.clear();
    }

    /// A byte. What follows sees to it that the batch does not grow: behind every few single bytes
    /// stands a text or a number.
    fn byte(&mut self, byte: u8) {
        self.batch.push(byte);
    }

    /// So many bytes that their number is known beforehand.
    fn array<const N: usize>(&mut self, bytes: [u8; N]) {
        self.batch.extend_from_slice(&bytes);
        if self.batch.len() >= BATCH {
            self.flush();
        }
    }

    /// One byte below 255, else 255 and eight bytes.
    fn length(&mut self, length: usize) {
        match u8::try_from(length) {
            Ok(short) if short < u8::MAX => self.byte(short),
            _ => {
                self.byte(u8::MAX);
                self.array(u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes(text.as_bytes());
    }
}

/// A type of ours says that it cannot be written.
#[derive(Debug)]
pub(super) struct Unwritable(String);

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unwritable {}

impl ser::Error for Unwritable {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self(what.to_string())
    }
}

type Done = Result<(), Unwritable>;

/// Before each element of a list.
const MORE: u8 = 1;
/// After the last.
const END: u8 = 0;

macro_rules! numbers {
    ($($name:ident: $number:ty),+ $(,)?) => {
        $(fn $name(self, value: $number) -> Done {
            self.array(value.to_le_bytes());
            Ok(())
        })+
    };
}

impl<'c> ser::Serializer for &'c mut Canonical {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = List<'c>;
    type SerializeTuple = Fields<'c>;
    type SerializeTupleStruct = Fields<'c>;
    type SerializeTupleVariant = Fields<'c>;
    type SerializeMap = List<'c>;
    type SerializeStruct = Fields<'c>;
    type SerializeStructVariant = Fields<'c>;

    numbers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_i128: i128, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32,
        serialize_u64: u64, serialize_u128: u128,
    );

    /// No type of ours holds one.
    #[expect(
        clippy::disallowed_types,
        reason = "the interface names it; it is refused"
    )]
    fn serialize_f32(self, _: f32) -> Done {
        Err(ser::Error::custom("a float has no canonical form"))
    }

    #[expect(
        clippy::disallowed_types,
        reason = "the interface names it; it is refused"
    )]
    fn serialize_f64(self, _: f64) -> Done {
        Err(ser::Error::custom("a float has no canonical form"))
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    fn serialize_bool(self, value: bool) -> Done {
        self.byte(u8::from(value));
        Ok(())
    }

    fn serialize_char(self, value: char) -> Done {
        self.serialize_u32(value.into())
    }

    fn serialize_str(self, text: &str) -> Done {
        self.text(text);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.length(bytes.len());
        self.bytes(bytes);
        Ok(())
    }

    fn serialize_none(self) -> Done {
        self.byte(END);
        Ok(())
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Done {
        self.byte(MORE);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Done {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.text(variant);
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'c>, Unwritable> {
        Ok(List(self))
    }

    fn serialize_tuple(self, _: usize) -> Result<Fields<'c>, Unwritable> {
        Ok(Fields(self))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Fields<'c>, Unwritable> {
        Ok(Fields(self))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'c>, Unwritable> {
        self.text(variant);
        Ok(Fields(self))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<List<'c>, Unwritable> {
        Ok(List(self))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'c>, Unwritable> {
        Ok(Fields(self))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields<'c>, Unwritable> {
        self.text(variant);
        Ok(Fields(self))
    }
}

/// Any number of elements.
pub(super) struct List<'c>(&'c mut Canonical);

impl ser::SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        self.0.byte(MORE);
        value.serialize(&mut *self.0)
    }

    fn end(self) -> Done {
        self.0.byte(END);
        Ok(())
    }
}

impl ser::SerializeMap for List<'_> {
    type Ok = ();
    type Error = Unwritable;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Done {
        self.0.byte(MORE);
        key.serialize(&mut *self.0)
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
        value.serialize(&mut *self.0)
    }

    fn end(self) -> Done {
        self.0.byte(END);
        Ok(())
    }
}

/// As many as the type has.
pub(super) struct Fields<'c>(&'c mut Canonical);

macro_rules! fields {
    ($($kind:ident: $field:ident),+ $(,)?) => {
        $(impl ser::$kind for Fields<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn $field<T: ?Sized + Serialize>(&mut self, value: &T) -> Done {
                value.serialize(&mut *self.0)
            }

            fn end(self) -> Done {
                Ok(())
            }
        })+
    };
}

fields!(
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
);

macro_rules! named_fields {
    ($($kind:ident),+ $(,)?) => {
        $(impl ser::$kind for Fields<'_> {
            type Ok = ();
            type Error = Unwritable;

            fn serialize_field<T: ?Sized + Serialize>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> Done {
                value.serialize(&mut *self.0)
            }

            /// A field is left out where it is an empty list.
            fn skip_field(&mut self, _: &'static str) -> Done {
                self.0.byte(END);
                Ok(())
            }

            fn end(self) -> Done {
                Ok(())
            }
        })+
    };
}

named_fields!(SerializeStruct, SerializeStructVariant);

#[cfg(test)]
mod tests;
