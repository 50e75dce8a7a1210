"""Conversations on which activations are measured before they are quantised."""

from .fixture_messages import PROMPTS, assistant, user
from .prompt import Message

CALLS: list[list[Message]] = [
    [
        assistant("Thanks for calling Brook Street Vets, how can I help?"),
        user("hi um it's about my cat he's not been eating since"),
    ],
    [
        assistant("thanks and what's the best number to reach you on"),
        user("oh seven seven double oh nine hundred"),
        assistant("go on"),
        user("four six"),
    ],
    [
        user("I'd like to change my delivery, please."),
        assistant("Of course. I can move it to Thursday or Friday, and there is no charge for"),
        user("Friday."),
    ],
    [
        assistant("So the excess on that policy is two hundred and fifty pounds which you would only pay if"),
        user("mm hmm yeah okay"),
    ],
    [user("what's the weather going to be like in leeds on saturday")],
    [user("wait wait wait")],
    [user("Can you tell me whether the library on")],
    [
        assistant("How many of you will there be?"),
        user("Let me think, there's me and Dan, the twins, my mum. Hang on, is Priya coming? Ask your"),
    ],
    [
        assistant("did you get the email we sent on monday"),
        user("no"),
        assistant("no problem what address should I send it to"),
        user("it's j dot carter at example dot"),
    ],
    [
        user("my broadband's been off since yesterday and i work from home so i really need it back"),
        assistant("i'm sorry to hear that let me run a test on your line it takes about a"),
        user("i've done the test already"),
        assistant("ok thanks for that can you tell me which lights are on"),
        user("the first one's green the second one's sort of flashing"),
    ],
    [
        assistant("And what happened next?"),
        user("So we were driving back from the coast, it was getting dark, and this van just pulled out."),
    ],
    [
        assistant("Your order has two large pepperoni pizzas, garlic bread, and a bottle of"),
        user("oh lovely"),
        assistant("cola. It should be with you in forty minutes. Would you like to pay by card or cash?"),
        user("card, um, actually no"),
    ],
]

CALIBRATION: list[list[Message]] = [*PROMPTS.values(), *CALLS]
