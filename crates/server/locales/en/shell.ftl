# What stands on every page, the first page, and the description of the API.

brand = Tsugime
brand-tagline = Strongest where it joins.
skip-to-content = Skip to content
language-switch = Change the language
tabs-label = Menu
tab-home = Home
tab-pay = Pay
tab-send = Send
tab-bank = Bank
tab-me = Me
footer-docs = For developers
footer-sandbox = The demo’s world
copy = Copy
copied = Copied
back = Back
home = Back to the start
sign-in = Sign in
passkey-waiting = Follow the steps on your device…
passkey-cancelled = This was interrupted. Please try again.
passkey-unsupported = This browser has no passkeys. Please use another browser or device.
passkey-failed = This could not be confirmed. Please try again.

welcome-title = Strongest where it joins
welcome-heading = Strongest where it joins.
welcome-lead = A wallet that joins your bank and your phone as kintsugi joins a bowl: with care, and for all to see.
welcome-sign-up = Open a wallet
welcome-sign-in = Sign in with a passkey
welcome-sign-up-note = All you need is a phone number and an e-mail address. It takes a few minutes.
welcome-safe-title = Nobody can link an account that is not theirs
welcome-safe = We link a bank account only after an identity check and a one-time password of the bank, and only if name and birth date match.
welcome-told-title = You know at once
welcome-told = We tell you as soon as an account is linked, money moves or a new device signs in.
welcome-stop-title = One button stops everything
welcome-stop = If something feels wrong, sign out on all devices right away.
welcome-demo = This is a demo. Neither the money nor the banks are real.

problem-title = Notice
problem-code = Code
problem-request = Request number
problem-not-before = { $next } It is possible from { $time } on.

docs-title = API
docs-lead = The description of the wallet’s API.
docs-machine = For machines
docs-problems = All problems
docs-open-to = Open to
docs-takes = You send
docs-answers = You get
docs-needed = needed
problems-title = All problems
problems-lead = A code never changes. Let your program branch on it.
