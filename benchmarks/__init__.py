"""Every hot path timed beside the best library, on chats made here from a seed."""
