from prometheus_client import Counter

MAILS = Counter("klankbord_mails", "What became of tries to send a mail", ["outcome"])
MAYBE_DOUBLED = Counter("klankbord_mails_maybe_doubled", "Mails sent again because a try was cut off in doubt")
