//! A JSON array is cut as the JSON reader would read it, wherever its bytes arrive in pieces.

use cdr::{ArrayCutter, ArrayFault};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::Value;

/// The elements' texts, and the first fault; the bytes arrive in pieces of these sizes, over and over.
fn cut(mut bytes: &[u8], sizes: &[usize]) -> (Vec<Vec<u8>>, Option<ArrayFault>) {
    let mut cutter = ArrayCutter::new(usize::MAX);
    let mut elements = Vec::new();
    for size in sizes.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (mut piece, rest) = bytes.split_at((*size).min(bytes.len()));
        bytes = rest;
        loop {
            match cutter.next_element(&mut piece) {
                Ok(Some(element)) => elements.push(element.text.to_vec()),
                Ok(None) => break,
                Err(fault) => return (elements, Some(fault)),
            }
        }
    }
    (elements, cutter.finish().err())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-zà-ỹ \\[\\]{},\"\\\\\n]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z\"\\]},]{0,4}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Pieces that mean something to an array; what is made of them seldom is one.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let pieces =
        ["[", "]", "[]", "{", "}", ",", "\"", "\\", ":", "1", "null", "\"a\"", "{\"a\":[1]}", " ", "\n", "\u{c}", "é"];
    vec(select(pieces.to_vec()), 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(1..9_usize, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn an_array_has_the_elements_that_the_json_reader_finds(values in vec(value(), 0..6), pretty: bool, sizes in sizes()) {
        let text = if pretty { serde_json::to_string_pretty(&values) } else { serde_json::to_string(&values) }.unwrap();
        let (elements, fault) = cut(text.as_bytes(), &sizes);
        prop_assert_eq!(fault, None);
        let read: Vec<Value> = elements.iter().map(|element| serde_json::from_slice(element).unwrap()).collect();
        prop_assert_eq!(read, values);
    }

    #[test]
    fn bytes_are_an_array_where_no_fault_is_met_and_all_elements_are_json(
        noise in noise(),
        is_wrapped: bool,
        sizes in sizes(),
    ) {
        let bytes = if is_wrapped { [b"[", noise.as_slice(), b"]"].concat() } else { noise };
        let (elements, fault) = cut(&bytes, &sizes);
        prop_assert_eq!(&(elements.clone(), fault), &cut(&bytes, &[bytes.len().max(1)]), "it depends on the pieces");
        let elements: Result<Vec<Value>, _> = elements.iter().map(|element| serde_json::from_slice(element)).collect();
        let read = elements.ok().filter(|_| fault.is_none());
        prop_assert_eq!(read, serde_json::from_slice::<Vec<Value>>(&bytes).ok(), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_fault_is_named() {
    for (text, fault) in [
        ("", ArrayFault::Empty),
        (" \n", ArrayFault::Empty),
        ("{}", ArrayFault::NoArray(b'{')),
        ("[1,]", ArrayFault::LastComma),
        ("[1]x", ArrayFault::Trailing),
        ("[", ArrayFault::Unfinished),
        ("[1,", ArrayFault::Unfinished),
        ("[\"]", ArrayFault::Unfinished),
    ] {
        assert_eq!(cut(text.as_bytes(), &[1]).1, Some(fault), "{text}");
    }
}

#[test]
fn an_element_has_its_line_and_is_cut_at_the_limit() {
    let mut cutter = ArrayCutter::new(4);
    let mut bytes = &b"\n[\n \"long\",\n\n1]"[..];
    let long = cutter.next_element(&mut bytes).unwrap().unwrap();
    assert_eq!((long.text, long.line, long.is_cut), (&b"\"lon"[..], 3, true));
    let one = cutter.next_element(&mut bytes).unwrap().unwrap();
    assert_eq!((one.text, one.line, one.is_cut), (&b"1"[..], 5, false));
    assert_eq!(cutter.next_element(&mut bytes), Ok(None));
    assert_eq!(cutter.line(), 5);
}
