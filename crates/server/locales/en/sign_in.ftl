# Opening a wallet, signing in, the page “Me”, proving one's identity.

continue = Continue
remove = Remove
sign-out = Sign out
phone = Mobile number
email = E-mail address
phone-code = Code from the text message
email-code = Code from the e-mail
passkey-known = This device already has a passkey for this wallet.

sign-up-title = Open a wallet
sign-up-steps = Three steps: contact, codes, passkey
sign-up-lead = We send one code to your phone and another to your mailbox.
sign-up-send-codes = Send the codes
sign-up-have-wallet = I already have a wallet
codes-title = Enter the codes
codes-lead = They arrive within a minute and are good for ten.
codes-demo = In this demo the pretended phone and mailbox show them.
codes-again = No code? Start again
passkey-title = Make your passkey
passkey-lead = Your fingerprint, face or screen lock will open the wallet. There is no password that could be stolen.
passkey-make = Make a passkey
passkey-new-title = Another passkey
passkey-new-lead = A second device or a security key, in case you lose this one.
passkey-name = A name for it

sign-in-title = Sign in
sign-in-lead = Your passkey knows who you are.
sign-in-passkey = Sign in with a passkey
sign-in-outside = Continue with { $provider }
sign-in-outside-note = With another service you can look at your wallet, but not pay.
sign-in-no-wallet = Open a wallet
sign-in-lost = I lost my passkey
step-up-title = Please confirm
step-up-lead = This is an important step. Confirm with your passkey that it is you.
step-up-confirm = Confirm with passkey

recovery-code = Recovery code
recovery-code-title = Your recovery code
recovery-code-lead = Write it down and keep it away from your phone. With it you get back in if you lose all passkeys.
recovery-code-once = We show it only this once. The code before it is void.
recovery-code-kept = I have written it down
recover-title = Get back in
recover-lead = Enter your recovery code. For your safety there is a waiting time, and we tell all your devices.
recover-begin = Begin
recovery-title = Recovery
recovery-ready-at = From { $time } on you can make a new passkey on this page. Keep this page’s address.
recovery-lead = After the waiting time, enter the recovery code again and make a new passkey.

me-title = Me
me-recovery = Somebody is recovering this wallet
me-recovery-ready = From { $time } on a new passkey can be made. If this is not you, cancel it now.
me-recovery-cancel = This is not me: cancel
me-identity = Identity
me-name = Name
me-devices = Devices
me-this-device = This device
me-sign-out-everywhere = Sign out on all devices
me-passkeys = Passkeys
me-passkey-add = Add a passkey
me-recovery-code-lead = The way back in if you lose all your passkeys.
me-recovery-code-make = Make a recovery code
me-recovery-code-new = Make a new recovery code
me-outside = Other services
me-outside-lead = Sign in through another service to look at your wallet. It is never enough to link a bank or to pay.
me-outside-bind = Connect { $provider }
me-outside-unbind = Disconnect
me-language = Language

identity-title = Prove your identity
identity-lead = The chip of your card is read and a verifier signs who you are. We take no pictures.
identity-method = Way to prove it
identity-begin = Begin
identity-prove = Prove your identity
identity-proved = Proved
identity-not-proved = Not proved yet
