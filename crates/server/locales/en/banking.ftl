# Home, banks and links, money in and out, the end of a wallet.

home-title = Home
home-balance = Balance
home-available = For everything
home-provisional = For shops, for now
home-provisional-hint = Money over a newly linked account can be used in most shops at once. Sending and paying out come later.
home-held = Reserved
home-announced = On its way in
home-last = Latest
home-offers = Money is waiting for you
home-prove = One step to go
home-prove-lead = Prove who you are with your card, and the wallet can link a bank and move money.
home-prove-do = Prove my identity
home-link = Link your bank
home-handle = Others can pay you as @{ $handle }
history-title = History
history-none = Nothing has happened yet.
history-older = Older

bank-title = Banks
bank-none = No bank account is linked.
bank-link-new = Link a bank account
bank-promise = We link an account only if its bank asks for something that you hold, and name and birth date are yours. Your bank tells you of it too.
bank-choose-title = Which bank?
bank-choose-lead = You confirm at the bank itself. We never see your password or PIN.
bank-not-linkable = Cannot be linked
bank-method = How the bank checks
bank-method-title = How the bank checks
bank-method-refused = Refused
bank-go = Continue at the bank
bank-go-hint = You will see the bank’s own page. Check its address before you type anything there.
list-comma = ,{" "}
weak-nothing-held = All of this can be told, guessed or phished: this is how money was stolen in 2020. We do not link by it.
weak-one-leak = One leak gives all of this away. We do not link by it.

link-title = Link
link-new = It is linked. Your bank has told you too.
link-active = Linked
link-suspended = Stopped for now
link-ended = Ended
link-account = Account
link-per-debit = At most per top-up
link-per-day = At most per day
link-limits-hint = You sign these limits at the bank, and the bank keeps to them.
link-since = Since
link-young = Until { $time } money over this link is for shops first, and for everything after a waiting time.
link-payouts-from = Takes payouts from { $time } on
link-end = End this link
link-end-hint = It ends at once, here and at the bank.

top-up-title = Top up
top-up-hint = Whole yen
top-up-per-debit = At most { $amount } at a time
top-up-young = Money over a newly linked account can be used in most shops at once, and for sending and paying out after a waiting time.
payout-title = Pay out
payout-available = You can pay out up to { $amount }
payout-hint = You get a notice for every payout. A newly linked account takes payouts after a waiting time.

close-title = Close the wallet
close-lead = Your balance goes back to your bank account. Then links, devices and the identity end, and your phone number is free again.
close-to = Where the balance goes
close-provisional = { $amount } is not yet free to leave the wallet. Use it, or wait until it is.
close-provisional-until = The wallet can be closed from { $time } on.
close-do = Close my wallet
close-closing = Your balance is on its way to your bank. When it has arrived, the wallet is closed.
close-closed = Your wallet is closed. Thank you.
