//! Headings that banks and providers write.

use super::*;

#[test]
fn headings_of_real_statements_are_understood() {
    let check = |heading: &str, role| assert_eq!(role_of(heading), role, "{heading}");
    check("Ngày giao dịch", Role::Time);
    check("Ngày/TNX Date", Role::Time);
    check("Số CT/Doc No", Role::Reference);
    check("Số tham chiếu", Role::Reference);
    check("Số tiền ghi nợ/Debit", Role::Debit);
    check("Số tiền ghi có", Role::Credit);
    check("Số dư/Balance", Role::Balance);
    check("Nội dung chi tiết/Transactions in detail", Role::Memo);
    check("Số bút toán/Reference No", Role::Reference);
    check("Người hưởng/Người chuyển", Role::Payer);
    check("Nợ/Debit", Role::Debit);
    check("Có/Credit", Role::Credit);
    check("Nợ", Role::Debit);
    check("No\u{31b}\u{323}", Role::Debit);
    check("Có", Role::Credit);
    check("Mã giao dịch", Role::Reference);
    check("Diễn giải/Transaction description", Role::Memo);
    check("Số tiền", Role::Amount);
    check("Phí", Role::Fee);
    check("Tên tài khoản đối ứng", Role::Payer);
    check("Số tài khoản đối ứng", Role::Other);
    check("Remitter account", Role::Other);
    check("Số tài khoản", Role::Account);
    check("Loại giao dịch", Role::Kind);
    check("STT", Role::Other);
    check("No", Role::Other);
    check("No.", Role::Other);
    check("Remitter bank", Role::Other);
    check("Notes", Role::Other);
    check("", Role::Other);
}
