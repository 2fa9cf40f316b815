# What stands on every page, the first page, and the description of the API.

brand = ツギメ
brand-tagline = つなぎ目を、いちばん強く。
skip-to-content = 本文へ移動
language-switch = 言語を切り替える
tabs-label = メニュー
tab-home = ホーム
tab-pay = 支払う
tab-send = 送る
tab-bank = 銀行
tab-me = わたし
footer-docs = 開発者の方へ
footer-sandbox = デモの世界
copy = コピー
copied = コピーしました
back = 戻る
home = ホームへ戻る
sign-in = サインイン
passkey-waiting = 端末の案内にしたがってください…
passkey-cancelled = 確認が中断されました。もう一度お試しください。
passkey-unsupported = このブラウザではパスキーを使えません。別のブラウザか端末をお使いください。
passkey-failed = 確認できませんでした。もう一度お試しください。

welcome-title = つなぎ目を、いちばん強く
welcome-heading = つなぎ目を、いちばん強く。
welcome-lead = 銀行とウォレットのあいだを、金継ぎのように丁寧につなぐお財布アプリです。
welcome-sign-up = ウォレットを開く
welcome-sign-in = パスキーでサインイン
welcome-sign-up-note = 電話番号とメールアドレスがあれば、数分で始められます。
welcome-safe-title = 名義の違う口座は、つながりません
welcome-safe = 本人確認と銀行のワンタイムパスワードがそろい、お名前と生年月日が一致したときだけ、口座をつなぎます。
welcome-told-title = 動きは、すぐにわかります
welcome-told = 口座をつないだとき、お金が動いたとき、新しい端末が加わったときに、すぐお知らせします。
welcome-stop-title = ひと押しで、止められます
welcome-stop = おかしいと思ったら、すべての端末からその場でサインアウトできます。
welcome-demo = これはデモです。お金も銀行も本物ではありません。

problem-title = お知らせ
problem-code = コード
problem-request = お問い合わせ番号
problem-not-before = { $next }{ $time }からご利用いただけます。

docs-title = API
docs-lead = ウォレットの API の説明です。
docs-machine = 機械向けの説明
docs-problems = エラーの一覧
docs-open-to = 認証
docs-takes = 送るもの
docs-answers = 返るもの
docs-needed = 必須
problems-title = エラーの一覧
problems-lead = code は変わりません。プログラムでは code で分岐してください。
