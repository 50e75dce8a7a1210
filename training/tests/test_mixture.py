"""Which conversations are held out."""

from dataclasses import replace

from turnwise_training.corpus import read_corpus
from turnwise_training.mixture import AGAIN, held_out_titles, is_held_out


def test_every_conversation_of_the_list_is_in_the_corpus_and_one_in_sixteen_is_held_out():
    conversations = read_corpus()
    found = [conversation for conversation in conversations if is_held_out(conversation)]
    assert len(found) == len(held_out_titles())
    assert 1 / 18 < len(found) / len(conversations) < 1 / 14


def test_what_is_held_out_is_so_in_every_copy_of_its_file():
    conversation = next(conversation for conversation in read_corpus() if is_held_out(conversation))
    assert is_held_out(replace(conversation, domain=f"{AGAIN}{conversation.domain}"))
