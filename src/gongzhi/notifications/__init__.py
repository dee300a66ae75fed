"""Notifications: the outbox and the channels by which news reaches people (N06).

Legal basis: 个人信息保护法 6, 28 and 51 for contact values; answering is the duty of each channel.
Words: 待发事件 OutboxEvent, 消息 Notice (in the product), 投递 Delivery (one message to one receiver over one
channel), 推送地址 Webhook. Promise: nothing acknowledged is lost, nothing is doubled for the receiver's eye.
The reasons are in docs/explanation/outbox.md.
"""
