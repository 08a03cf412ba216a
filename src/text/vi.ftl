# The figures and days in these messages arrive formatted; see text/figure.rs.

# The page
page-title = Báo cáo đối soát phí, lệ phí ngày { $day }
page-heading = Báo cáo đối soát phí, lệ phí
page-subtitle = Ngày đối soát { $day }
version-note = Bản số { $version } của đêm này
personal-note = Có dữ liệu cá nhân đã che bớt. Lưu hành nội bộ.
nav-label = Các phần của báo cáo
light-label = Kết luận so với mục tiêu
tiles-label = Năm con số của đêm

# The light
verdict-met = Đạt
verdict-missed = Chưa đạt
verdict-undecided = Chưa đủ căn cứ
verdict-no-data = Chưa có số liệu
verdict-none = Không đặt mục tiêu
why-met = { $name } { $period } là { $share }, chắc chắn nằm từ { $low } đến { $high }: cả cận dưới cũng đạt mục tiêu { $target }.
why-missed = { $name } { $period } là { $share }, chắc chắn nằm từ { $low } đến { $high }: cả cận trên cũng thấp hơn mục tiêu { $target }.
why-undecided = { $name } { $period } là { $share }, nhưng mới chắc chắn trong khoảng { $low } đến { $high }, nên chưa thể kết luận so với mục tiêu { $target }.
why-undecided-list = { $name } { $period } là { $share }, nhưng mới chắc chắn trong khoảng { $low } đến { $high }; { $ways }.
why-way-met = nếu { $n } ngoại lệ quyết định dưới đây đều có kết quả thuận lợi thì chắc chắn đạt mục tiêu { $target }
why-way-missed = nếu { $n } ngoại lệ quyết định dưới đây đều có kết quả bất lợi thì chắc chắn không đạt mục tiêu { $target }
why-ways = { $met }; { $missed }
why-incomplete = Chưa kết luận vì chưa đủ dữ liệu từ { $sources }; phần đã nhận cho { $name } { $period } là { $share } (từ { $low } đến { $high }, mục tiêu { $target }).
why-untied = Chưa kết luận vì số liệu chưa cân: tổng do nguồn báo khác tổng đã nhận. Xem cảnh báo dưới đây; các tệp xuất bị giữ lại.
why-no-target = { $name } { $period } là { $share }, chắc chắn nằm từ { $low } đến { $high }; chưa đặt mục tiêu để so sánh.
why-no-data = Chưa có khoản thanh toán nào để tính tỷ lệ.
why-no-data-incomplete = Chưa có số liệu để tính tỷ lệ vì chưa nhận được dữ liệu từ { $sources }.

# Banners
banner-heading = Cảnh báo
banner-untied = Nguồn { $source } báo { $expected } dòng, { $expected_sum }, nhưng đã nhận { $count } dòng, { $sum }.
banner-untied-advice = Bộ phận vận hành lấy lại dữ liệu của nguồn này rồi chạy lại; nếu vẫn lệch, gửi tra soát cho nhà cung cấp. Không dùng số liệu đêm này để báo cáo.
banner-lost = Số dòng vào và ra không bằng nhau ở nguồn { $source }, loại { $kind }: lệch { $rows } dòng, { $sum }.
banner-lost-advice = Đây là lỗi của chương trình, không phải của số liệu. Báo cho bộ phận vận hành kèm mã lần chạy.
banner-late = Nguồn { $source } chưa gửi dữ liệu, còn trong hạn.
banner-late-advice = Chưa cần làm gì; đêm sau tự lấy tiếp.
banner-partial = Nguồn { $source } mới gửi một phần dữ liệu.
banner-partial-advice = Bộ phận vận hành kiểm tra nguồn rồi chạy lại đêm này; phần thiếu vẫn nằm trong danh sách chờ.
banner-missing = Không nhận được dữ liệu nào từ nguồn { $source }.
banner-missing-advice = Bộ phận vận hành kiểm tra kết nối hoặc thư mục tệp, liên hệ nhà cung cấp nếu cần, rồi chạy lại đêm này.
banner-refused = Nguồn { $source } từ chối đăng nhập hoặc chữ ký không đúng; không dùng dòng nào của lần lấy này.
banner-refused-advice = Bộ phận vận hành kiểm tra khóa, chứng thực đã cấu hình với nhà cung cấp, rồi chạy lại đêm này.
withheld-note = Các tệp xuất (links.csv, exceptions.csv, share.csv) không được phát hành vì số liệu chưa cân.

# Tiles
tile-transactions = Giao dịch trong ngày
tile-share = Tỷ lệ không dùng tiền mặt
tile-target = mục tiêu { $target }
tile-no-target = chưa đặt mục tiêu
tile-open = Giá trị chưa khớp
tile-exceptions = Ngoại lệ cần xử lý
tile-overdue = Rủi ro quá { $days } ngày
tile-rows = { $n } dòng
change-night = { $moved } so với đêm trước
change-points = { $points } điểm % so với đêm trước
change-none = không đổi so với đêm trước

# The share
share-heading = Tỷ lệ và mục tiêu
share-intro = Cận dưới và cận trên là phần chứng minh được: dù các ngoại lệ còn mở được xử lý thế nào, tỷ lệ thật vẫn nằm trong khoảng này.
share-chart = Biểu đồ: tỷ lệ { $share }, khoảng chứng minh được từ { $low } đến { $high }, mục tiêu { $target }
share-proven = khoảng chứng minh được
share-outer = cận ngoài
share-outer-note = Cận ngoài: có ngoại lệ phụ thuộc lẫn nhau nên khoảng in ra có thể rộng hơn mức cần thiết, không bao giờ hẹp hơn.
share-estimated = Ước tính khi đủ dữ liệu: { $low } đến { $high } ({ $basis })
share-not-enough = không đủ dữ liệu
share-empty = chưa có số liệu
share-deciding-met = Danh sách ngắn đủ để chắc chắn đạt, nếu đều có kết quả thuận lợi ({ $n })
share-deciding-missed = Danh sách ngắn đủ để chắc chắn không đạt, nếu đều có kết quả bất lợi ({ $n })
column-definition = Chỉ tiêu
column-period = Kỳ
column-share = Tỷ lệ
column-interval = Chứng minh được
column-target = Mục tiêu
column-verdict = Kết luận
period-year = Lũy kế năm { $year }
period-month = Lũy kế tháng { $month }
period-night = Ngày { $day }
period-whole-month = Tháng { $month }
period-whole-quarter = Quý { $quarter } năm { $year }
period-whole-year = Năm { $year }
period-range = Từ { $from } đến { $to }

# Agencies and instruments
agency-heading = Theo cơ quan
agency-intro = { $name }, { $period }. Vạch đứng là mục tiêu, thanh đậm là tỷ lệ, nét ngang hai đầu là khoảng chứng minh được. Một lần nộp cho nhiều cơ quan được tính ở mỗi cơ quan.
agency-bar = { $agency }: { $share }, từ { $low } đến { $high }
column-agency = Cơ quan
column-cashless = Không dùng tiền mặt / tất cả
column-work = Ngoại lệ cần xử lý
instrument-heading = Theo hình thức thanh toán
instrument-intro = Khoản nộp có ngày thanh toán { $day }, mỗi lần nộp tính một lần; không gồm giao dịch trùng, dòng gộp và tiền mặt nộp lại vào tài khoản.
column-instrument = Hình thức
column-count = Số lượng
column-sum = Số tiền
column-not-matched = Trong đó chưa khớp
instrument-transfer = Chuyển khoản
instrument-qr = Quét mã QR
instrument-wallet = Ví điện tử
instrument-card = Thẻ
instrument-mobile-money = Tiền di động
instrument-portal = Cổng dịch vụ công
instrument-cash = Tiền mặt
instrument-post = Bưu chính công ích
instrument-none = Không ghi
row-total = Cộng

# Breakdowns and grey zones
cells-unit = Theo cơ quan, gồm cả đơn vị trực thuộc
cells-current = Theo cơ cấu hiện hành (đơn vị kế tục nhận số liệu của đơn vị cũ)
cells-procedure = Theo thủ tục
cells-field = Theo lĩnh vực
cells-source = Theo nguồn dữ liệu
cells-instrument = Tỷ lệ theo hình thức thanh toán
cells-not-told = Không ghi
cells-more = … và { $n } dòng nữa trong run.json
cells-note = Mỗi lần nộp tính một lần trong mỗi dòng mà nó thuộc về và một lần trong tổng, nên các dòng không nhất thiết cộng lại bằng tổng. Khoản chưa rõ thuộc dòng nào làm rộng khoảng của mọi dòng.
column-procedure = Thủ tục
column-field = Lĩnh vực
grey-heading = Vùng chưa rõ có phải không dùng tiền mặt
grey-row = { $zone }: { $n }, đang tính là { $as }. { $others }.
grey-other = Nếu tính là { $as } thì tỷ lệ là { $share }
grey-bank-cash = Người dân nộp tiền mặt tại ngân hàng vào tài khoản cơ quan
grey-on-behalf = Nộp hộ, thanh toán hộ
grey-post = Bưu chính thu tiền mặt rồi chuyển
grey-as-cashless = không dùng tiền mặt
grey-as-cash = tiền mặt
grey-as-out = không thuộc chỉ tiêu

# Exceptions
exception-heading = Ngoại lệ
exception-intro = Xếp theo mức ảnh hưởng đến kết luận, rồi số tiền, rồi tuổi.
exception-more = Còn { $n } ngoại lệ nữa trong tệp exceptions.csv.
exception-none = Không có ngoại lệ nào cần xử lý.
exception-rejects = Ngoài ra có { $n } dòng không đọc được, xem phần Dòng không đọc được.
exception-by-class = Theo loại
exception-by-age = Theo tuổi
filter-label = Lọc danh sách
filter-all = Tất cả
filter-deciding = Quyết định kết luận
filter-action = Phải xử lý
filter-warn = Nên xem
filter-new = Mới đêm nay
severity-action = Phải xử lý
severity-warn = Nên xem
severity-info = Để biết
badge-deciding = quyết định
badge-new = mới
column-class = Loại
column-row = Hồ sơ, chứng từ
column-age = Tuổi
column-money-at-risk = Số tiền rủi ro
age-days = { $n } ngày
age-today = Trong ngày
age-1 = 1 ngày
age-2-3 = 2–3 ngày
age-4-7 = 4–7 ngày
age-more = Trên 7 ngày
part-evidence = Đã thấy
part-nearest = Gần nhất nhưng không nhận
part-suggestions = Đề xuất
part-also = Cũng thuộc loại
part-advice = Việc cần làm
part-data = Dữ liệu gốc
side-fee = khoản thu
side-txn = giao dịch
side-receipt = biên lai
field-source = Nguồn
field-paid-at = Thời điểm
field-memo = Nội dung
field-order = Mã tham chiếu
field-payer = Người nộp
field-account = Tài khoản
field-bank-ref = Số bút toán
field-receipt-no = Số biên lai
field-collected-at = Thu lúc
field-cashier = Người thu
field-procedure = Mã thủ tục
field-declared = Khai báo
field-due-at = Hạn nộp
field-exception = Mã ngoại lệ

# Changes
change-heading = Biến động so với đêm trước
change-counts = Mới { $opened }, đã xử lý { $closed }.
change-closed = Đã xử lý

# Rejects
reject-heading = Dòng không đọc được
reject-none = Mọi dòng đều đọc được.
reject-intro = Các dòng này được giữ nguyên văn và đếm vào tổng, nhưng không tham gia đối soát.
reject-more = Còn { $n } dòng nữa trong tệp exceptions.csv.
reject-at = dòng { $line }, cột “{ $column }”
column-file = Tệp, vị trí
column-value = Giá trị
column-reason = Lý do
column-advice = Việc cần làm

# Sources and tie-out
source-heading = Nguồn dữ liệu
source-all = Mọi nguồn đã gửi đủ dữ liệu.
source-some = Có nguồn chưa đủ dữ liệu: đêm này không thể xanh.
source-complete = Đủ
source-late = Chưa gửi, còn hạn
source-partial = Thiếu một phần
source-missing = Thiếu
source-refused = Bị từ chối
source-optional = nguồn không bắt buộc
source-missing-days = thiếu ngày { $days }
source-unreadable = { $bad } trên { $all } dòng không đọc được, quá nhiều để coi là đủ: xem phần Dòng không đọc được, đề nghị nơi lập dữ liệu gửi lại rồi chạy lại
file-quarantined = tệp bị cách ly, chưa dòng nào được đọc: { $why }
statement-gap = { $file }: số dư đầu kỳ + ghi có - ghi nợ lệch số dư cuối kỳ { $gap } đồng; hãy tải lại sao kê đủ cả kỳ từ ngân hàng rồi chạy lại
statement-unchecked = { $file }: { $n } dòng không đọc được nên chưa đối chiếu được số dư đầu kỳ và cuối kỳ; xem phần Dòng không đọc được
statement-early = { $file }: tệp được ghi khi ngày { $day } chưa kết thúc; hãy tải lại sao kê sau 24 giờ rồi chạy lại
source-missing-orders = { $n } yêu cầu thanh toán chưa hỏi được
source-no-control = không báo
source-ties = khớp
source-untied = LỆCH
column-source = Nguồn
column-state = Tình trạng
column-rows = Số dòng
column-arrived = Đến muộn
column-rejects = Không đọc được
column-control = Nguồn tự báo
tie-heading = Đối chiếu tổng
tie-intro = Mỗi dòng vào phải thuộc đúng một trong bốn nhóm. Chênh lệch phải bằng 0, cả số dòng lẫn số tiền.
tie-cash = Biên lai tại quầy
tie-registry = Một cửa
tie-total = Tổng giao dịch các nguồn tiền
column-kind = Loại dòng
column-in = Vào
column-matched = Đã khớp
column-open = Còn mở
column-rejected = Không đọc được
column-excluded = Loại ra có lý do
column-difference = Chênh lệch
kind-payment = thanh toán
kind-refund = hoàn tiền
kind-reversal = đảo giao dịch
kind-debit = ghi nợ
kind-receipt = biên lai
kind-fee = khoản thu
kind-reject = không đọc được
status-success = thành công
status-failed = thất bại
status-pending = đang chờ
status-void = đã hủy
status-unmapped = trạng thái lạ

# Annex
annex-heading = Phụ lục
annex-definitions = Định nghĩa chỉ tiêu
annex-run = Lần chạy
annex-files = Kèm theo báo cáo này: exceptions.csv (mọi ngoại lệ), links.csv (đã khớp), share.csv (tỷ lệ), run.json, SHA256SUMS.
run-id = Mã lần chạy
run-version = Bản của đêm
run-replaces = Thay cho
run-exit = Mã kết thúc
run-program = Phiên bản chương trình
run-margin = Ghép khi không có mã hồ sơ
run-margin-set = chỉ khi hơn cách ghép kế tiếp ít nhất { $margin }/1000 (đặt sẵn)
run-margin-found = chỉ khi hơn cách ghép kế tiếp ít nhất { $margin }/1000: sai không quá { $budget } (tin cậy 95 %), theo { $labelled } khoản nộp đã biết là của hồ sơ nào ({ $taken } lần ghép thử, { $wrong } lần sai)
run-margin-never = không ghép: { $labelled } khoản nộp đã biết chưa đủ chứng tỏ sai không quá { $budget }
run-input = Dấu vân tay dữ liệu vào
run-rules = Dấu vân tay quy tắc
run-output = Dấu vân tay kết quả
sign-prepared = Người lập biểu
sign-checked = Kiểm soát
sign-accountant = Kế toán trưởng
sign-hint = (Ký, họ tên)
sign-date = Ngày …… tháng …… năm ………

# Rows that could not be read: reason and advice for each code

letter-heading = Nội dung để gửi đi
letter-to-provider = Gửi: { $source } (ngân hàng hoặc nhà cung cấp dịch vụ thanh toán)
letter-to-providers = Gửi: ngân hàng và các nhà cung cấp dịch vụ thanh toán
letter-to-office = Gửi: bộ phận một cửa nơi tiếp nhận hồ sơ
letter-txn-unidentified = Đề nghị tra soát giao dịch mã { $id }, ngày { $day }, số tiền { $amount }: nội dung nhận được không ghi mã hồ sơ. Xin cung cấp nội dung chuyển tiền đầy đủ và thông tin người chuyển để xác định hồ sơ.
letter-txn-orphan = Đề nghị tra soát giao dịch mã { $id }, ngày { $day }, số tiền { $amount }: mã hồ sơ trong nội dung không tồn tại. Xin cung cấp nội dung chuyển tiền đầy đủ và thông tin người chuyển.
letter-txn-foreign = Đề nghị tra soát giao dịch mã { $id }, ngày { $day }, số tiền { $amount }: nội dung ghi mã hồ sơ của tỉnh khác. Xin xác nhận giao dịch được chuyển đúng tài khoản thụ hưởng hay chuyển nhầm.
letter-txn-ambiguous = Đề nghị tra soát giao dịch mã { $id }, ngày { $day }, số tiền { $amount }: nội dung có thể hiểu cho nhiều hồ sơ. Xin cung cấp nội dung chuyển tiền đầy đủ và thông tin người chuyển.
letter-txn-near-reference = Đề nghị tra soát giao dịch mã { $id }, ngày { $day }, số tiền { $amount }: mã hồ sơ trong nội dung có thể ghi sai một ký tự. Xin cung cấp nội dung chuyển tiền đầy đủ và thông tin người chuyển.
letter-txn-duplicate = Giao dịch mã { $id }, ngày { $day }, số tiền { $amount } là khoản nộp lặp cho hồ sơ { $dossier }. Đề nghị xác nhận giao dịch đã ghi có và hướng dẫn thủ tục hoàn trả người nộp.
letter-txn-overpaid = Giao dịch mã { $id }, ngày { $day }, số tiền { $amount } vượt số phải thu của hồ sơ { $dossier }. Đề nghị xác nhận số tiền đã ghi có và hướng dẫn thủ tục hoàn trả phần nộp thừa.
letter-txn-unlinked-refund = Đề nghị cho biết giao dịch gốc của khoản hoàn mã { $id }, ngày { $day }, số tiền { $amount }.
letter-txn-conflict = Giao dịch mã { $id }, ngày { $day } được gửi với hai nội dung khác nhau, số tiền đang ghi nhận { $amount }. Đề nghị xác nhận bản đúng.
letter-txn-pending = Đề nghị cho biết trạng thái cuối cùng của giao dịch mã { $id }, ngày { $day }, số tiền { $amount }.
letter-txn-status-mismatch = Đề nghị xác nhận trạng thái cuối cùng của giao dịch mã { $id }, ngày { $day }, số tiền { $amount }.
letter-fee-missing-payment = Hệ thống một cửa ghi khoản { $id } của hồ sơ { $dossier }, số tiền { $amount }, đã thanh toán không dùng tiền mặt nhưng chưa thấy giao dịch. Đề nghị kiểm tra và cung cấp mã giao dịch, thời điểm ghi có nếu có.
letter-fee-missing-receipt = Khoản { $id } của hồ sơ { $dossier }, số tiền { $amount }, được ghi là đã thu tiền mặt nhưng không có biên lai hợp lệ. Đề nghị cung cấp số biên lai hoặc sửa trạng thái.
letter-fee-status-mismatch = Trạng thái thanh toán của khoản { $id }, hồ sơ { $dossier }, số tiền { $amount }, không khớp với giao dịch đã thấy. Đề nghị kiểm tra và sửa trạng thái.
letter-fee-conflict = Khoản { $id } của hồ sơ { $dossier }, số tiền đang ghi nhận { $amount }, được xuất với hai nội dung khác nhau trong cùng một tệp. Đề nghị xác nhận bản đúng và xuất lại.
letter-receipt-receipt-mismatch = Biên lai { $id } ngày { $day }, số tiền { $amount }, không khớp với khoản phải thu của hồ sơ { $dossier }. Đề nghị kiểm tra và điều chỉnh.
letter-receipt-conflict = Biên lai { $id } ngày { $day }, số tiền đang ghi nhận { $amount }, được xuất với hai nội dung khác nhau. Đề nghị xác nhận bản đúng và xuất lại.

pairing-heading = Ghép không theo đúng mã
pairing-intro = Khoản nộp được ghép dù nội dung không ghi đúng mã hồ sơ, mới hoặc thay đổi đêm nay. Còn được xét lại trong những ngày tới; nếu thấy sai, hãy ra quyết định cho khoản nộp.
pairing-how = Cách ghép
pairing-dossier = Hồ sơ
pairing-score = { $score }/1000 điểm, hơn cách kế tiếp { $margin }
pairing-second = Cách kế tiếp

estimate-basis = theo { $days } ngày đủ dữ liệu trước đó của { $sources }

what-if-heading = Nếu đặt quy tắc khác đi
what-if-intro = Cùng dữ liệu đêm nay, đối soát lại với từng giá trị lân cận của một quy tắc trong [rules]. Chỉ nêu giá trị làm thay đổi kết quả; chưa có gì được áp dụng.
what-if-setting = Quy tắc
what-if-won = Ghép thêm hoặc khác
what-if-lost = Không còn ghép
what-if-share = Tỷ lệ lũy kế
what-if-ambiguous = (trong đó { $n } đang nghi khớp)

# The workbook: sheets
sheet-exceptions = Ngoại lệ

# The workbook: columns of the sheet of exceptions
book-exception-id = Mã ngoại lệ
book-class = Mã loại
book-run-id = Mã lần chạy
book-work = Cần xử lý
book-severity = Mức độ
book-label = Loại
book-dossier-code = Hồ sơ
book-agency = Cơ quan
book-amount = Số tiền rủi ro (đồng)
book-age = Tuổi (ngày)
book-evidence = Đã thấy
book-advice = Việc cần làm
book-decision = Quyết định
book-target = Hồ sơ hoặc giao dịch
book-assignee = Người phụ trách
book-reason = Lý do
book-decided-by = Người quyết định
book-opened-on = Thấy lần đầu
book-suggestion = Ứng viên tốt nhất
book-nearest = Gần nhất nhưng không nhận
book-also = Cũng thuộc loại
book-side = Loại dòng
book-source = Nguồn
book-id = Mã dòng
book-row = Dữ liệu gốc

# The workbook: what can be decided, as in `exceptions decide`
choice-pair = Ghép với một hồ sơ
choice-pair-meaning = Khoản nộp là của một hồ sơ hoặc một khoản thu. Ghi mã hồ sơ, hoặc mã hồ sơ/mã khoản thu.
choice-split = Chia cho nhiều khoản
choice-split-meaning = Khoản nộp là của nhiều khoản thu. Ghi mã hồ sơ/mã khoản thu=số tiền, cách nhau bằng dấu chấm phẩy.
choice-paid-by = Trả bằng giao dịch
choice-paid-by-meaning = Khoản thu đã được trả bằng một giao dịch. Ghi nguồn/mã giao dịch.
choice-not-fee = Không phải khoản thu
choice-not-fee-meaning = Giao dịch không phải khoản nộp phí, lệ phí.
choice-write-off = Không theo dõi tiếp
choice-write-off-meaning = Không chờ gì thêm; ra khỏi danh sách việc, tỷ lệ giữ nguyên.
choice-refund-requested = Đã đề nghị hoàn tiền
choice-refund-requested-meaning = Đã đề nghị hoàn tiền; dòng này chờ khoản hoàn.
choice-undo = Hủy quyết định trước
choice-undo-meaning = Bỏ quyết định trước, để chương trình tự đối soát.
