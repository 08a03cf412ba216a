//! Each trouble has its words in both languages.

use super::*;

fn faults() -> impl Iterator<Item = Fault> {
    let body = Fault::Body;
    [
        Fault::Connect,
        Fault::Broken,
        Fault::Timeout,
        Fault::Status(503),
        Fault::ErrorInside("500".into()),
        Fault::OrderCode("12".into()),
        body(BodyFault::Empty),
        body(BodyFault::Html),
        body(BodyFault::NotUtf8),
        body(BodyFault::Truncated),
        body(BodyFault::NotJson { line: 1, column: 2 }),
        body(BodyFault::TooDeep),
        body(BodyFault::DuplicateKey("amount".into())),
        body(BodyFault::Shape("data")),
    ]
    .into_iter()
}

fn all() -> Vec<SourceError> {
    let at = || -> Box<str> { "sepay-main: GET https://my.sepay.vn/x".into() };
    let exhausted = |last| SourceError::Exhausted {
        at: at(),
        attempts: 5,
        last,
    };
    let mut all = vec![
        SourceError::Refused {
            at: at(),
            status: 401,
            inside: false,
        },
        SourceError::Refused {
            at: at(),
            status: 403,
            inside: true,
        },
        SourceError::RefusedByCode {
            at: at(),
            code: "97".into(),
        },
        SourceError::NotFound { at: at() },
        SourceError::Rejected {
            at: at(),
            status: 400,
        },
        SourceError::Redirect {
            at: at(),
            status: 302,
            to: "https://x".into(),
        },
        SourceError::TooLarge {
            at: at(),
            bytes_max: 1,
        },
        SourceError::Deadline {
            at: at(),
            seconds: 900,
        },
        SourceError::ComeBackLater {
            at: at(),
            seconds: 86_400,
        },
        SourceError::Tls {
            at: at(),
            detail: "x".into(),
        },
        SourceError::NotAllowed {
            at: at(),
            detail: "x".into(),
        },
        SourceError::NotAskable {
            at: at(),
            orders: 3,
        },
        SourceError::Archive { detail: "x".into() },
    ];
    all.extend([false, true].map(|ended| SourceError::Unusable {
        orders: 2,
        order: "O-1".into(),
        why: Box::new(exhausted(Fault::ErrorInside("98".into()))),
        ended,
    }));
    for why in [
        SignatureFault::Missing,
        SignatureFault::Wrong,
        SignatureFault::OtherOrder,
        SignatureFault::OtherMerchant,
        SignatureFault::OtherRequest,
    ] {
        all.push(SourceError::Signature { at: at(), why });
    }
    for gap in [
        Gap::Short {
            expected: 9,
            got: 7,
        },
        Gap::Loop,
        Gap::Endless,
        Gap::NoEnd { answers: 9 },
        Gap::SamePage,
        Gap::FullSecond,
        Gap::OutOfParts { rows: 2 },
        Gap::Fractions,
        Gap::Moved,
    ] {
        all.push(SourceError::Incomplete { at: at(), gap });
    }
    all.extend(faults().map(exhausted));
    all
}

#[test]
fn every_trouble_says_what_where_and_what_to_do_in_both_languages() {
    let mut texts = std::collections::BTreeSet::new();
    for error in all() {
        let (vi, en) = (error.say(Lang::Vi), error.say(Lang::En));
        assert_ne!(error.fix(Lang::Vi), error.fix(Lang::En), "{error:?}");
        assert!(
            vi.starts_with(error.at()) && en.starts_with(error.at()),
            "{error:?}"
        );
        assert_eq!(
            (vi.matches('\n').count(), en.matches('\n').count()),
            (1, 1),
            "{error:?}"
        );
        assert!(texts.insert(vi) && texts.insert(en), "{error:?}");
    }
}

#[test]
fn finance_staff_read_vietnamese() {
    let say = |index: usize| all()[index].say(Lang::Vi);
    assert_eq!(
        say(0),
        "sepay-main: GET https://my.sepay.vn/x: nguồn không chấp nhận thông tin xác thực của chúng ta (HTTP \
         401)\n  Kiểm tra thông tin truy cập của nguồn này trong doisoat.toml (token, client_secret hoặc \
         password: đã hết hạn hoặc bị thu hồi?), rồi chạy `doisoat check`."
    );
    let truncated = SourceError::Exhausted {
        at: "casso-1".into(),
        attempts: 5,
        last: Fault::Body(BodyFault::Truncated),
    };
    assert_eq!(
        truncated.say(Lang::Vi),
        "casso-1: cả 5 lần thử đều hỏng; lần cuối: JSON bị cắt giữa chừng\n  Ngày và lệnh thanh toán đã đọc đủ \
         vẫn được dùng. Chạy lại sau; nếu lặp lại, hỏi nhà cung cấp."
    );
}
