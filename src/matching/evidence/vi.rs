//! The evidence in Vietnamese.

use super::super::say;
use super::super::words::plain;
use super::doubt::why_not;
use super::state;
use super::{Evidence, date, dong, edit_name, join, parts, span};
use crate::domain::{Day, DossierCode, Lang, Vnd};

impl Evidence {
    /// The sentence.
    pub(super) fn vi(&self) -> String {
        let d = |amount: &Vnd| dong(*amount, Lang::Vi);
        let day = |day: &Day| date(*day, Lang::Vi);
        match self {
            Self::OrderRef(code) => format!("{}{code}", say::ORDER_REF.vi),
            Self::MemoIsCode(code) => format!("{}{code}", say::MEMO_IS_CODE.vi),
            Self::MemoHolds(code) => format!("{}{code}", say::MEMO_HOLDS.vi),
            Self::ReceiptNames(code) => format!("{}{code}", say::RECEIPT_NAMES.vi),
            Self::AmountFits(amount) => format!("{}{}", say::AMOUNT_FITS.vi, d(amount)),
            Self::AmountDiffers(due, paid) => format!("phải thu {}, đã nộp {}", d(due), d(paid)),
            Self::PayerAgrees => "đúng người nộp".into(),
            Self::PayerDiffers => "người nộp khác tên trong hồ sơ".into(),
            Self::PaidAfterDue(due, paid) => format!("hạn {}, nộp {}", day(due), day(paid)),
            Self::NamesTransaction(id) => format!("nội dung ghi mã giao dịch {id}"),
            Self::Undoes(id) => format!("hoàn hoặc hủy giao dịch {id}"),
            Self::Repeats(id) => format!("khoản này đã được nộp bằng {id}"),
            Self::PaidAgainBy(id) => format!("được nộp thêm một lần bằng {id}"),
            Self::ReturnedBy(id) => format!("đã hoàn bằng giao dịch {id}"),
            Self::RepeatBack(id, on, left) => {
                let (on, rest) = (day(on), d(left));
                if left.is_zero() {
                    format!("lần nộp lặp lại này đã hoàn hết ngày {on} bằng giao dịch {id}")
                } else {
                    format!("đã hoàn một phần ngày {on} bằng giao dịch {id}, còn lại {rest}")
                }
            }
            Self::OfRepeat(id) => {
                format!("khoản được hoàn là lần nộp lặp lại của {id}; khoản thu vẫn đủ tiền")
            }
            Self::SurplusBack(id, on, left) => {
                let (on, rest) = (day(on), d(left));
                if left.is_zero() {
                    format!("phần nộp thừa đã hoàn hết ngày {on} bằng giao dịch {id}")
                } else {
                    format!(
                        "phần nộp thừa đã hoàn một phần ngày {on} bằng giao dịch {id}, còn lại {rest}"
                    )
                }
            }
            Self::OfSurplus(id, rest) if rest.is_zero() => {
                format!("khoản được hoàn là phần nộp thừa của {id}; khoản thu vẫn đủ tiền")
            }
            Self::OfSurplus(id, rest) => {
                format!("hoàn phần nộp thừa của {id} và {} của khoản thu", d(rest))
            }
            Self::RefundAgreed => "tiền đã hoàn hết, số liệu các bên khớp nhau".into(),
            Self::SameAs(id) => format!("cùng một giao dịch với {id}"),
            Self::BatchOf(source, on, sum) => format!(
                "bằng tổng sau phí của {source} ngày {}: {}",
                day(on),
                d(sum)
            ),
            Self::BatchOfDays(source, days, sum) => format!(
                "bằng tổng sau phí của {source} {}: {} ({})",
                span(days, Lang::Vi),
                d(sum),
                parts(days, Lang::Vi)
            ),
            Self::DepositOfDays(agency, days, sum) => format!(
                "bằng tổng biên lai của {agency} {}: {} ({})",
                span(days, Lang::Vi),
                d(sum),
                parts(days, Lang::Vi)
            ),
            Self::DepositOf(agency, on, sum) => format!(
                "bằng tổng biên lai của {agency} ngày {}: {}",
                day(on),
                d(sum)
            ),
            Self::MayBeBatch(source, first, last, why) if first == last => format!(
                "bằng đúng tổng sau phí của {source} ngày {}; chưa nhận vì {}",
                day(first),
                why_not(why, Lang::Vi)
            ),
            Self::MayBeBatch(source, first, last, why) => format!(
                "bằng đúng tổng sau phí của {source} từ ngày {} đến ngày {}; chưa nhận vì {}",
                day(first),
                day(last),
                why_not(why, Lang::Vi)
            ),
            Self::MayBeDeposit(agency, on, why) => format!(
                "bằng đúng tiền mặt đã thu của {agency} ngày {}; chưa nhận vì {}",
                day(on),
                why_not(why, Lang::Vi)
            ),
            Self::SumOverDossiers(n, sum) => {
                format!("một lần chuyển cho {n} hồ sơ, tổng đúng {}", d(sum))
            }
            Self::Instalments(n, paid, due) => {
                format!("nộp {n} lần, đã nộp {} trên {}", d(paid), d(due))
            }
            Self::NetOfFee(fee) => format!("phần thiếu đúng bằng phí dịch vụ {}", d(fee)),
            Self::Declared(said, real) => {
                let (said, real) = (plain(said, Lang::Vi), plain(real, Lang::Vi));
                format!("khai báo \"{said}\", thực tế \"{real}\"")
            }
            Self::RegistrySays(word) => format!("một cửa ghi \"{}\"", plain(word, Lang::Vi)),
            Self::ProviderSays(word) => {
                format!("nhà cung cấp ghi \"{}\"", plain(word, Lang::Vi))
            }
            Self::DaysDiffer(a, b) => format!(
                "một cửa ghi ngày {}, nguồn hạch toán ngày {}",
                day(a),
                day(b)
            ),
            Self::MovesNothing => "dòng 0 đồng, không có tiền chuyển".into(),
            Self::NoMoney => "không thấy giao dịch nào cho khoản này".into(),
            Self::NamedInVain(id) => {
                format!(
                    "giao dịch {id} có ghi mã hồ sơ này nhưng không được tính cho khoản thu này"
                )
            }
            Self::BackBeyond(left, back) => format!(
                "hoàn {}, nhiều hơn số đã nộp còn lại ({}): kiểm tra số tiền hoàn với ngân hàng \
                 hoặc nhà cung cấp",
                d(back),
                d(left)
            ),
            Self::BackBefore(id, paid, back) => format!(
                "hoàn ngày {}, trước khi có giao dịch nộp {id} ngày {}: tìm lần nộp trước đó, hoặc \
                 sửa ngày cho đúng",
                day(back),
                day(paid)
            ),
            Self::BackAgain(id) => format!(
                "khoản nộp đã được hoàn bằng {id}: hỏi xem có phải cùng một lần hoàn được báo hai \
                 lần không; nếu không, thu hồi lại"
            ),
            Self::NothingToUndo(amount) => format!(
                "không còn giao dịch nộp nào đúng {} để hủy: hỏi nhà cung cấp hủy giao dịch nào",
                d(amount)
            ),
            Self::NoReceipt => "không có biên lai hợp lệ cho khoản này".into(),
            Self::NoCode => "nội dung không có mã hồ sơ".into(),
            Self::UnknownCode(code) => format!("mã {code} đúng dạng nhưng không có hồ sơ"),
            Self::OtherProvince(code) => format!("mã {code} thuộc tỉnh khác"),
            Self::SeveralCodes(codes) => {
                format!("nội dung có {} mã hồ sơ: {}", codes.len(), join(codes))
            }
            Self::OneEdit(raw, code, edit) => format!(
                "ghi \"{raw}\", gần nhất là {code} ({})",
                edit_name(edit, Lang::Vi)
            ),
            Self::Rival(code) => {
                format!("hồ sơ {code} chỉ khác một ký tự, có cùng số tiền và người nộp")
            }
            Self::RivalOfAmount(code) => format!(
                "hồ sơ {code} chỉ khác một ký tự và có cùng số tiền; không rõ người nộp để phân biệt"
            ),
            Self::WaitingFor(source) => format!("nguồn {source} chưa tới hạn giao dữ liệu"),
            Self::Versions(versions) => format!(
                "{} nội dung khác nhau: {}",
                versions.len(),
                versions.join(" | ")
            ),
            Self::OutgoingUnnamed => "tiền ra, không ghi mã hồ sơ".into(),
            Self::At(file, line, column, value, _) => {
                format!("{file}, dòng {line}, cột \"{column}\": \"{value}\"")
            }
            Self::Also(class) => format!("cũng thuộc loại {class}"),
            Self::DecidedBy(who, why) => format!("{who} quyết định: {why}"),
            Self::StaleDecision(who, why) => {
                format!("quyết định của {who} ({why}) không còn khớp dữ liệu")
            }
            Self::FeeBecame(line, then, now) => {
                format!("khoản thu {line} đổi từ {} thành {}", d(then), d(now))
            }
            Self::FeeCancelled(line, true) => format!("khoản thu {line} đã bị hủy"),
            Self::FeeCancelled(line, false) => format!("khoản thu {line} không còn bị hủy"),
            Self::NoSuchLine(line) => format!("không có khoản thu {line}"),
            Self::BeforeStart(start) => {
                format!(
                    "số dư đầu kỳ: phát sinh trước ngày bắt đầu đối soát {}",
                    day(start)
                )
            }
            Self::AccountOf(account, fee) => {
                format!("tài khoản của {account}, khoản thu của {fee}")
            }
            Self::AccountIs(agency) => format!("vào tài khoản thu của {agency}"),
            Self::FeeAccount => "vào tài khoản chuyên thu".into(),
            Self::AgencyNamed(agency) => format!("nội dung nêu đơn vị {agency}"),
            Self::HoldsTail(code) => format!("nội dung có ngày và số thứ tự của hồ sơ {code}"),
            Self::RecordedOn(on) => format!("một cửa ghi nhận nộp ngày {}", day(on)),
            Self::Assigned(score, margin) => {
                format!("ghép theo căn cứ: {score}/1000 điểm, hơn cách ghép kế tiếp {margin}")
            }
            Self::TooClose(score, margin, least) => {
                format!("{score}/1000 điểm, hơn cách ghép kế tiếp {margin}, chưa tới mức {least}")
            }
            Self::TooMany(payments, dossiers) => format!(
                "{payments} khoản nộp và {dossiers} hồ sơ giống nhau, quá nhiều để phân biệt"
            ),
            Self::InSet(agency, on, k, each) => format!(
                "thuộc nhóm {k} khoản và {k} hồ sơ của {agency} ngày {}, mỗi khoản {}: \
                 đủ về tổng, không ghép từng cặp",
                day(on),
                d(each)
            ),
            Self::SubsetSum(n, ways) => format!(
                "bằng tổng hồ sơ còn thiếu của người nộp này: {ways} cách cộng, gồm {n} hồ sơ"
            ),
            Self::Together(n, ways) => format!(
                "cộng với khoản khác của người này thì đủ cho hồ sơ: {ways} cách cộng, gồm {n} khoản"
            ),
            Self::TogetherCapped(n) => {
                format!("người này có {n} khoản không ghi mã, quá nhiều để thử cộng")
            }
            Self::SearchCapped(n) => {
                format!("người nộp này có {n} hồ sơ còn thiếu, quá nhiều để thử cộng")
            }
            Self::UnknownState(word, code) => {
                let of = of_dossier(code.as_ref());
                format!(
                    "nhà cung cấp báo trạng thái chưa biết \"{word}\"{of}: chưa tính là tiền đã nộp; hỏi nhà \
                     cung cấp nghĩa của trạng thái này, rồi khai cho nguồn nếu nguồn có khóa cho việc đó \
                     (status_map, hoặc các chữ trong [source.map])"
                )
            }
            Self::VnpayState(code, dossier) => {
                let meaning = state::meaning(code).map_or("", |text| text.get(Lang::Vi));
                let of = of_dossier(dossier.as_ref());
                format!("VNPAY báo trạng thái \"{code}\"{of}: chưa tính là tiền đã nộp; {meaning}")
            }
        }
    }
}

fn of_dossier(code: Option<&DossierCode>) -> String {
    code.map_or_else(String::new, |code| format!(" cho hồ sơ {code}"))
}
