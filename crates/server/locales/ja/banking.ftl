# ホーム、銀行と口座、チャージと出金、解約。

home-title = ホーム
home-balance = 残高
home-available = すべてに使える分
home-provisional = いまはお店で使える分
home-provisional-hint = 新しくつないだ口座からのチャージは、すぐに多くのお店で使えます。送金と出金は、しばらくお待ちください。
home-held = 取り置き中
home-announced = 入金の予定
home-last = 最近のお取引
home-offers = 受け取りを待っているお金があります
home-prove = あと一歩です
home-prove-lead = カードで本人確認をすると、銀行口座をつないでお金を動かせるようになります。
home-prove-do = 本人確認をする
home-link = 銀行口座をつなぐ
home-handle = @{ $handle } あてに受け取れます
history-title = 取引の履歴
history-none = お取引はまだありません。
history-older = 以前のお取引

bank-title = 銀行
bank-none = つないでいる口座はありません。
bank-link-new = 銀行口座をつなぐ
bank-promise = 手元にあるもので銀行が確認し、お名前と生年月日が一致した口座だけをつなぎます。銀行からもお知らせが届きます。
bank-choose-title = 銀行を選ぶ
bank-choose-lead = 確認は銀行の画面で行います。パスワードや暗証番号を当社が見ることはありません。
bank-not-linkable = つなげません
bank-method = 銀行での確認方法
bank-method-title = 銀行での確認方法
bank-method-refused = お受けできません
bank-go = 銀行の画面へ進む
bank-go-hint = 銀行の画面に移ります。入力の前に、アドレスをお確かめください。
list-comma = 、
weak-nothing-held = どれも聞き出されたり、推測されたり、偽の画面で盗まれたりするものです。2020年の被害はこの方法で起きました。当社では口座をつなげません。
weak-one-leak = 一度の漏えいで、すべてが知られてしまう方法です。当社では口座をつなげません。

link-title = つないだ口座
link-new = 口座をつなぎました。銀行からもお知らせが届きます。
link-active = 利用中
link-suspended = 停止中
link-ended = 終了
link-account = 口座
link-per-debit = 一回のチャージの上限
link-per-day = 一日の上限
link-limits-hint = この上限は銀行の画面でご確認いただき、銀行も守ります。
link-since = つないだ日時
link-young = { $time }まで、この口座からのチャージは、まずお店で、しばらくたつとすべてにお使いいただけます。
link-payouts-from = { $time }から出金できます
link-end = この口座の登録を解除する
link-end-hint = 当社でも銀行でも、すぐに終わります。

top-up-title = チャージする
top-up-hint = 1円単位
top-up-per-debit = 一回 { $amount } まで
top-up-young = 新しくつないだ口座からのチャージは、すぐに多くのお店で使えます。送金と出金には、しばらくお待ちいただきます。
payout-title = 出金する
payout-available = { $amount } まで出金できます
payout-hint = 出金のたびにお知らせします。新しくつないだ口座への出金は、しばらくお待ちいただきます。

close-title = ウォレットを解約する
close-lead = 残高を銀行口座にお返しします。その後、口座の登録、端末、本人確認が終わり、電話番号はふたたび使えるようになります。
close-to = 残高のお返し先
close-provisional = { $amount } は、まだウォレットの外に出せません。お使いになるか、しばらくお待ちください。
close-provisional-until = { $time }からは解約できます。
close-do = 解約する
close-closing = 残高を銀行口座にお返ししています。着金すると、解約が完了します。
close-closed = 解約しました。ご利用ありがとうございました。
