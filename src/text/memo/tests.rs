//! What is masked in memos and names, and what stays.

use super::*;

fn masked(memo: &str) -> String {
    mask_memo(memo, "", None)
}

#[test]
fn a_known_payer_is_masked_and_codes_and_words_stay() {
    let memo = "H48.18.22-221202-0001 nguyen van a nop le phi 0912345678 tk 19001234567";
    assert_eq!(
        mask_memo(memo, "NGUYỄN VĂN A", Some("19001234567")),
        "H48.18.22-221202-0001 n***** v** a nop le phi ******5678 tk *******4567"
    );
    assert_eq!(mask_memo("FT0912345678", "A", None), "FT0912345678");
    assert_eq!(mask_memo("", "", None), "");
    assert_eq!(
        mask_memo("tk 88001234", "", Some("88001234")),
        "tk ****1234"
    );
}

#[test]
fn names_are_masked_where_no_column_tells_the_payer() {
    let lines = [
        (
            "MBVCB.1000000017.HS2409050001.CT tu 0123499999 NGUYEN VAN A toi 0071000000000 DON VI B",
            "MBVCB.******0017.HS2409050001.CT tu ******9999 N***** V** A t** *********0000 DON VI B",
        ),
        (
            "SHGD:10004067.DD:240910.BO:TRAN THI LE.Remark:HS2409050001",
            "SHGD:10004067.DD:240910.BO:T*** T** L*.Remark:HS2409050001",
        ),
        (
            "HS2409050001 FT25000000000001   Ma giao dich  Trace866229 Trace 866229",
            "HS2409050001 FT25000000000001   Ma giao dich  Trace866229 Trace 866229",
        ),
        (
            "Lê Thị Ngọc Dũng; nộp lệ phí hồ sơ 12",
            "L* T** N*** D***; nộp lệ phí hồ sơ 12",
        ),
        ("LE VAN TIEN chuyen tien", "L* V** T*** c***** tien"),
        ("phi ho so cua HOVANB", "phi ho so cua H*****"),
        ("Y Bhin nop le phi", "Y B*** nop le phi"),
        ("nop ho Ngo Thi C", "nop ho N** T** C"),
        ("thanh toan le phi khai sinh", "thanh toan le phi khai sinh"),
    ];
    for (memo, told) in lines {
        assert_eq!(masked(memo), told, "{memo}");
    }
}

#[test]
fn states_stay_and_companies_are_called_by_their_names() {
    let line = "2025-06-03,50000,NGUYEN VAN A,paid,0912345678,FAIL,PAY";
    let told = "2025-06-03,50000,N***** V** A,paid,******5678,FAIL,PAY";
    assert_eq!(mask_memo(line, "NGUYEN VAN A", None), told);
    let gateway = "CONG TY CP THANH TOAN VI DU";
    assert_eq!(mask_party(gateway), gateway);
    let memo = "CTY VI DU QUYET TOAN";
    assert_eq!(mask_memo(memo, gateway, None), memo);
    // who works there is a person
    assert_eq!(
        mask_memo("CTY VI DU NGUYEN VAN A", gateway, None),
        "CTY VI DU N***** V** A"
    );
    // of an unknown payer no word is a company's
    assert_eq!(masked("CTY VI DU QUYET TOAN"), "CTY VI D* QUYET TOAN");
    let check = |name: &str, told: &str| assert_eq!(mask_party(name), told);
    check("Ngân hàng TMCP Ngoại thương", "Ngân hàng TMCP Ngoại thương");
    check("KBNN TP HO CHI MINH", "KBNN TP HO CHI MINH");
    check("DNTN TRAN THI LE", "DNTN T*** T** L*");
    check(
        "CONG TY TNHH NGUYEN VAN A VINH",
        "CONG TY TNHH N***** V** A V***",
    );
    check("HO KINH DOANH LE VAN B", "H* K*** D**** L* V** B");
    check("CONG THI TY", "C*** T** T*");
    check("TRUONG VAN C", "T***** V** C");
}

#[test]
fn telephones_in_groups_are_masked_and_codes_in_groups_are_not() {
    assert_eq!(masked("so 0912 345 678"), "so **** *** ***");
    assert_eq!(masked("so 0912.345.678"), "so ****.***.***");
    let code = "000.00.29.H15-240905-0001";
    assert_eq!(masked(code), code);
    assert_eq!(
        masked("000.00.22.H48 221202 0001"),
        "000.00.22.H48 221202 0001"
    );
}

#[test]
fn a_name_in_separate_marks_is_masked_whole() {
    let memo = "Nguye\u{302}\u{303}n Va\u{306}n A";
    assert!(!masked(memo).contains("guye"), "{}", masked(memo));
}
