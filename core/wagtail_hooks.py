"""What core gives the newsroom: the rich text feature for words in another language, and the name of the word lists' menu."""

from wagtail import hooks

from core import links, rich_text

# Each app registers the lists it owns under this name; together they are one menu.
WORD_LISTS = "register_word_list_menu_item"

hooks.register("register_rich_text_features", rich_text.register)
# After Wagtail's own, whose handlers these replace.
hooks.register("register_rich_text_features", links.register, order=100)
