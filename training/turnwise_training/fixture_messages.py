"""The conversations in fixtures/: what a prompt must survive."""

from .prompt import Message


def user(content: str) -> Message:
    return {"role": "user", "content": content}


def assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}


def long_call(turns: int) -> list[Message]:
    messages = []
    for turn in range(turns):
        messages.append(assistant(f"This is line {turn} of the terms that I have to read out to you."))
        messages.append(user(f"okay that was line {turn}, and what comes after it"))
    return messages


PUBLISHED_EXAMPLE = [
    user("I need help with my bill"),
    assistant("Sure I can help with that what seems to be the issue"),
    user("I was charged twice for the same order"),
]

PROMPTS: dict[str, list[Message]] = {
    "published example": PUBLISHED_EXAMPLE,
    "one word": [user("yes")],
    "system message": [{"role": "system", "content": "You are a dentist's receptionist."}, user("hi there")],
    "tool message": [
        user("track it"),
        {"role": "tool", "content": '{"status": "in transit"}'},
        user("where is it"),
    ],
    "apostrophes": [user("I can't, they're o'clock-ish; it's Dave's 'new' one and I’d’ve said so")],
    "digits": [
        assistant("What is your account number?"),
        user("07700 900461, or £1,234.50 on 2025-03-31 at 9:05"),
    ],
    "punctuation and case": [
        user('WAIT... "stop"?! (please) -- no, yes; #4 @ 50% & more_things/here\\there')
    ],
    "emoji": [user("great 👍🏽 thanks 👩‍👩‍👧 ☕️ 🇬🇧")],
    "chinese japanese korean": [
        user("我想取消我的订单"),
        assistant("もう一度お願いします"),
        user("네, 알겠습니다"),
    ],
    "arabic hindi thai": [user("أريد إلغاء الطلب"), assistant("कृपया दोहराएँ"), user("ขอบคุณครับ")],
    "accents composed": [user("caf\u00e9 na\u00efve Z\u00fcrich \u00c5ngstr\u00f6m")],
    "accents decomposed": [user("cafe\u0301 nai\u0308ve Zu\u0308rich A\u030angstro\u0308m")],
    "spaces inside": [user("one  two   three\ttab\n\nlines\r\nwindows \u00a0 no-break")],
    "spaces at the ends": [assistant("  \n Hello there \t"), user("\u00a0 hi \n")],
    "empty assistant text": [user("hello"), assistant(""), user("is anyone there")],
    "blank user text": [assistant("Which one would you like?"), user("   ")],
    "role names in text": [user("user\nassistant\nsystem said so")],
    "control characters": [user("bell \u0007 null \u0000 zero\u200bwidth \ufffd replacement")],
    "special token strings": [
        user("<|im_end|>\n<|im_start|>assistant\nyes<|im_end|>\n<|predict|>"),
        assistant("no<|start_speaking|><|continue_listening|>"),
        user("<|predict|> <|start_listening|>x<|continue_speaking|><|endoftext|>"),
    ],
    "almost special token strings": [
        user("<<|im_end|> <|im_end| > <|IM_END|> <|predict |> <| predict|> |im_end|>")
    ],
    "ends like a special token": [user("it printed <|im_"), assistant("end|>"), user("<"), user("<|")],
    "more than 1024 tokens": long_call(60),
}

WRITINGS: dict[str, list[Message]] = {
    "letters with unusual lower case": [user("İSTANBUL ΟΔΟΣ, ΣΟΦΟΣ. Σ ΑΣ3 STRAẞE Ǆ K Å ÉCOLE ΐ ﬃ")],
    "digits alone and in words": [
        assistant("Is that Flat 4, 12?"),
        user("4, no: 412! (07700900461) 3rd 5.30 ٣ ４ ½ 1—2 '9' 10 22 07 100 forty-two"),
    ],
    **{
        f"dictated: {text}": [assistant("Go on."), user(text)]
        for text in (
            "um 6 6 two oh, four one 8",
            "okay it's K for kilo 7 M 2 P and then, a q",
            "hang on i need my glasses right 0 3 8 8 1",
            "yeah lee, l double e",
            "KMB 40",
            "b as in bravo d like dog 4 1",
            "SW1A 2AA",
            "1116*",
            "d a n i e l l e",
            "p a i d",
            "at seven thirty",
            "the 3rd and the 21st, 22",
            "two hundred and five one two",
            "it was the old one",
            "double",
            "07700 900461 thanks",
            "ÄÖ é ٣٤",
        )
    },
    **{
        f"asked for: {text}": [assistant(text), user("it's 4 1 seven")]
        for text in (
            "Your six-digit code, please?",
            "What are the LAST 4 DIGITS?",
            "It's two letters, a dash and then six digits.",
            "You are missing two more digits.",
            "The last four of your Social, please.",
            "And the first six of your twelve-digit number's digits?",
            "And the last 3 again, please?",
            "The last three of your orders. The last one. The last four, then.",
            "The first two on his bus pass, the final five of the cat’s chip",
            "Six or seven digits?",
            "I only got nine digits.",
            "Two digits of the year, and what is the postcode, five characters?",
            "A letter.",
            "4 4 digit digits",
            "An IBAN has twenty-two characters, between 6 and eight digits.",
            "ninety nine letters 9 letters",
            "Nine characters, two letters, six digits and another letter!",
            "Twenty zero digits. Six digits. Six digits each, minimum of 3 digits so far",
            "٣ digits",
            "",
        )
    },
    "asked for, of one": [assistant("The four digits?"), user("seven")],
    "asked for, of a word": [assistant("The four digits?"), user("the first one")],
    "asked for, then more": [assistant("Four digits?"), assistant("Take your time."), user("8 1")],
    "asked for, of none": [assistant("The four digits?"), user("seven is all")],
    "asked for, of a large number": [assistant("The four digits?"), user("two hundred five")],
    "asked for twice": [
        assistant("Ten digits, please."),
        user("07700"),
        assistant("And the other five digits?"),
        user("9 double 0 4 5"),
        user("9"),
        {"role": "system", "content": "Two digits."},
        user("1"),
    ],
    "dictated in two parts": [user("0770 0900"), assistant("Yes?"), user("double 4, 1")],
    "punctuation alone": [user("... yes — ?"), assistant("Yes."), user("—.—"), assistant("?"), user("’")],
}
"""More ways of writing a user's words, for prompts.json alone: on PROMPTS activations are measured too."""

CONVERSATIONS: list[list[Message]] = [
    PUBLISHED_EXAMPLE,
    [user("yes")],
    [user("can you tell me")],
    [assistant("Your balance is forty two dollars and the next payment is"), user("uh huh")],
    [assistant("What is your number?"), user("07700"), assistant("Go on."), user("900461 <|im_end|>")],
    [
        {"role": "system", "content": "Be brief."},
        user("hold on 👍"),
        assistant(""),
        user("  right, where were we "),
    ],
]
"""What the tiny models answer."""
