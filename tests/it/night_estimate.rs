//! A source that is down after a while of good nights: the proven interval stays what it is, and
//! its own history says how far the missing day may move the share.

use doisoat::domain::Fraction;
use doisoat::sandbox::District;
use serde_json::Value;

use crate::database::Kind;
use crate::simulate::street::Street;
use crate::town::{FIRST, as_is, codes, day, document, headline};

fn number(share: &Value, name: &str) -> Fraction {
    let text = share[name].as_str().unwrap();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    Fraction::new(digits.parse().unwrap(), 10_000).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_source_is_estimated_from_its_own_history() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let district = District::sized(4, day(FIRST).date(), 9, 70);
        let mut street = Street::new(kind, district).await;
        let mut last = None;
        for n in 0..8 {
            let of = day(FIRST).plus(n);
            street.export(of);
            street.morning_after(of);
            let desk = street.desk(None).await;
            let night = street.night(&desk, of).await;
            assert_eq!(codes(&night), [0], "{kind:?} {of}");
            let run = document(&night);
            assert!(
                headline(&run)["estimated"].is_null(),
                "{kind:?} {of}: complete"
            );
            last = Some(run);
            desk.close().await;
        }
        let of = day(FIRST).plus(8);
        street.export(of);
        street.morning_after(of);
        let base = street.town.sandbox.base_url("vnpay");
        let down = |text: String| text.replace(&base, "http://127.0.0.1:1/vnpay");
        let mut desk = street.town.desk(&down).await;
        desk.pace.jitter_seed = Some(1);
        let night = street.night(&desk, of).await;
        assert_eq!(codes(&night), [3], "{kind:?}");
        let run = document(&night);
        let share = headline(&run);
        let estimated = &share["estimated"];
        let (low, high) = (number(share, "low"), number(share, "high"));
        let (wide_low, wide_high) = (number(estimated, "low"), number(estimated, "high"));
        assert!(wide_low.compare(low).is_le(), "{kind:?}: {share}");
        assert!(wide_high.compare(high).is_gt(), "{kind:?}: {share}");
        assert_eq!(
            estimated["basis"],
            "theo 8 ngày đủ dữ liệu trước đó của vnpay"
        );
        // what really came that day lies inside
        desk.close().await;
        let desk = street.town.desk(&as_is).await;
        let whole = street.night(&desk, of).await;
        desk.close().await;
        let truth = number(headline(&document(&whole)), "share");
        assert!(wide_low.compare(truth).is_le() && wide_high.compare(truth).is_ge());
        drop(last.take());
    }
}
