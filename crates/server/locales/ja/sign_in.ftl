# ウォレットの開設、サインイン、「わたし」の画面、本人確認。

continue = 次へ
remove = 削除
sign-out = サインアウト
phone = 携帯電話番号
email = メールアドレス
phone-code = SMSで届いた確認コード
email-code = メールで届いた確認コード
passkey-known = この端末には、このウォレットのパスキーがすでにあります。

sign-up-title = ウォレットを開く
sign-up-steps = 連絡先、確認コード、パスキーの3つの手順
sign-up-lead = 電話とメールに、それぞれ確認コードを送ります。
sign-up-send-codes = 確認コードを送る
sign-up-have-wallet = すでにウォレットを持っています
codes-title = 確認コードを入力
codes-lead = 1分ほどで届き、10分間有効です。
codes-demo = このデモでは、架空の電話とメールボックスに届きます。
codes-again = 届かないときは、最初からやり直す
passkey-title = パスキーを作る
passkey-lead = 指紋や顔、画面ロックでウォレットを開きます。盗まれるパスワードはありません。
passkey-make = パスキーを作る
passkey-new-title = パスキーを追加
passkey-new-lead = この端末をなくしたときのために、別の端末やセキュリティキーを登録します。
passkey-name = パスキーの名前

sign-in-title = サインイン
sign-in-lead = パスキーだけで、だれのウォレットかわかります。
sign-in-passkey = パスキーでサインイン
sign-in-outside = { $provider }で続ける
sign-in-outside-note = ほかのサービスでのサインインでは、見ることはできますが、支払いはできません。
sign-in-no-wallet = ウォレットを開く
sign-in-lost = パスキーをなくした
step-up-title = ご本人の確認
step-up-lead = 大切な操作です。パスキーでご本人であることを確認してください。
step-up-confirm = パスキーで確認

recovery-code = リカバリーコード
recovery-code-title = リカバリーコード
recovery-code-lead = 紙に書き、電話とは別の場所に保管してください。パスキーをすべてなくしたときに使います。
recovery-code-once = 表示は今回だけです。以前のコードは使えなくなりました。
recovery-code-kept = 書き留めました
recover-title = ウォレットを取り戻す
recover-lead = リカバリーコードを入力してください。安全のため待ち時間があり、すべての端末にお知らせします。
recover-begin = 始める
recovery-title = 復旧
recovery-ready-at = { $time }から、この画面で新しいパスキーを作れます。この画面のアドレスを控えてください。
recovery-lead = 待ち時間のあと、リカバリーコードをもう一度入力し、新しいパスキーを作ってください。

me-title = わたし
me-recovery = このウォレットの復旧が進んでいます
me-recovery-ready = { $time }から新しいパスキーを作れるようになります。心当たりがなければ、今すぐ取り消してください。
me-recovery-cancel = 心当たりがないので取り消す
me-identity = 本人確認
me-name = お名前
me-devices = 端末
me-this-device = この端末
me-sign-out-everywhere = すべての端末からサインアウト
me-passkeys = パスキー
me-passkey-add = パスキーを追加
me-recovery-code-lead = パスキーをすべてなくしたときに、ウォレットを取り戻すためのコードです。
me-recovery-code-make = リカバリーコードを発行
me-recovery-code-new = 新しいリカバリーコードを発行
me-outside = ほかのサービス
me-outside-lead = ほかのサービスでサインインして、ウォレットを見ることができます。口座の登録や支払いはできません。
me-outside-bind = { $provider }を結び付ける
me-outside-unbind = 結び付けを解除
me-language = 言語

identity-title = 本人確認
identity-lead = カードのICチップを読み取り、確認機関が署名します。写真は使いません。
identity-method = 確認の方法
identity-begin = 始める
identity-prove = 本人確認をする
identity-proved = 確認済み
identity-not-proved = 未確認
