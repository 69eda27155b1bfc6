"""The public registers that a provider is looked up in: by hand, from a file of the register, or with a client that a council switches on.

Nothing here asks the network unless a council has set an address or a key for it. Each register has one interface, `look_up(number)`.
"""
